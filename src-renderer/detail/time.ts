/** `23 Nov 2026, 10:04:05 UTC`: a stored time in full, for people who need it exactly. Empty when there is none. */
export function formatExactTime(time: string | null): string {
  const at = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? '' : `${EXACT.format(at)} UTC`;
}

const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

/** `21:04` in the machine's own time zone, with the day before it when that is not today: `29 Nov, 21:04`. */
export function formatClock(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return (isToday ? CLOCK : DAY_AND_CLOCK).format(atMs);
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY_AND_CLOCK = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
