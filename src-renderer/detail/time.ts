/** `23 Nov 2026, 10:04:05 UTC`: a stored time in full, for people who need it exactly. Empty when there is none. */
export function formatExactTime(time: string | null): string {
  const at = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? '' : `${EXACT.format(at)} UTC`;
}

const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
