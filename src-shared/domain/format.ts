/** Which multiples sizes are shown in: 1000 (kB, MB) or 1024 (KiB, MiB). */
export type SizeUnits = 'decimal' | 'binary';

const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

let shownUnits: SizeUnits = 'decimal';

/** From now on `formatBytes` shows these units where it is not told: one choice of a person for the whole window. */
export function showSizesIn(units: SizeUnits): void {
  shownUnits = units;
}

/** `148.2 MB`, `1.94 GB`, `612 B`: three significant digits, at most two decimals. Negative and non-finite give `—`. */
export function formatBytes(bytes: number | null, units: SizeUnits = shownUnits): string {
  if (bytes === null || !Number.isFinite(bytes) || bytes < 0) return '—';
  const base = units === 'decimal' ? 1000 : 1024;
  const names = units === 'decimal' ? DECIMAL : BINARY;
  let exponent = 0;
  let value = bytes;
  // Half a unit below the next step already rounds up to it: 999.95 kB is 1.00 MB, never 1000 kB.
  while (exponent < names.length - 1 && value >= base - (exponent === 0 ? 0 : 0.05)) {
    value /= base;
    exponent += 1;
  }
  if (exponent === 0) return `${value} B`;
  return `${value.toFixed(value < 10 ? 2 : 1)} ${names[exponent]}`;
}

/** `12,418,310,144`: exact, grouped by thousands. */
export function formatCount(count: number): string {
  return Math.trunc(count)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `12 min ago`, `3 h ago`, `yesterday`, `5 days ago`, `3 weeks ago`: how long before `nowMs` an RFC 3339 time was. */
export function formatAge(time: string | null, nowMs: number): string {
  const then = time === null ? Number.NaN : Date.parse(time);
  if (Number.isNaN(then)) return '—';
  const age = nowMs - then;
  if (age < -MINUTE) return 'in the future';
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  const days = Math.floor(age / DAY);
  if (days === 1) return 'yesterday';
  if (days < 14) return `${days} days ago`;
  if (days < 60) return `${Math.floor(days / 7)} weeks ago`;
  if (days < 730) return `${Math.floor(days / 30)} months ago`;
  return `${Math.floor(days / 365)} years ago`;
}
