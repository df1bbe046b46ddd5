const STORED = /^(\d{4})-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?Z?$/;
/** What nearly every stored time is: on a day that every month has, with 3, 6 or 9 digits of the second. */
const USUAL =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.(?:\d{9}|\d{6}|\d{3})$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * A stored time, `YYYY-MM-DD HH:MM:SS[.fraction]` in UTC, as msb prints it: RFC 3339 with `+00:00` and the shortest
 * of 0, 3, 6 or 9 fraction digits that loses nothing. Null for anything else, also for days no calendar has.
 */
export function toRfc3339(stored: unknown): string | null {
  if (typeof stored !== 'string') return null;
  // Without captures, which cost several times as much: a list has twenty thousand of them.
  if (USUAL.test(stored)) return `${stored.slice(0, 10)}T${stored.slice(11, endOfFraction(stored))}+00:00`;
  const parts = STORED.exec(stored);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, fraction] = parts;
  if (!isDay(Number(year), Number(month), Number(day))) return null;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${shortest(fraction)}+00:00`;
}

/** Without groups of three digits that say nothing; without the point when none says anything. */
function endOfFraction(stored: string): number {
  let end = stored.length;
  while (end > POINT + 1 && stored.endsWith('000', end)) end -= 3;
  return end === POINT + 1 ? POINT : end;
}

const POINT = 19;

function isDay(year: number, month: number, day: number): boolean {
  const isLeapDay = month === 2 && day === 29 && (year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0));
  return isLeapDay || (day >= 1 && day <= (DAYS[month - 1] ?? 0));
}

function shortest(fraction: string | undefined): string {
  const digits = (fraction ?? '').padEnd(9, '0').replace(/(?:000){1,3}$/, '');
  return digits === '' ? '' : `.${digits}`;
}
