const STORED = /^(\d{4})-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?Z?$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * A stored time, `YYYY-MM-DD HH:MM:SS[.fraction]` in UTC, as msb prints it: RFC 3339 with `+00:00` and the shortest
 * of 0, 3, 6 or 9 fraction digits that loses nothing. Null for anything else, also for days no calendar has.
 */
export function toRfc3339(stored: unknown): string | null {
  const parts = typeof stored === 'string' ? STORED.exec(stored) : null;
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, fraction] = parts;
  if (!isDay(Number(year), Number(month), Number(day))) return null;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${shortest(fraction)}+00:00`;
}

function isDay(year: number, month: number, day: number): boolean {
  const isLeapDay = month === 2 && day === 29 && (year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0));
  return isLeapDay || (day >= 1 && day <= (DAYS[month - 1] ?? 0));
}

function shortest(fraction: string | undefined): string {
  const digits = (fraction ?? '').padEnd(9, '0').replace(/(?:000){1,3}$/, '');
  return digits === '' ? '' : `.${digits}`;
}
