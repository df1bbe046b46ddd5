const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `9 days`, `3 weeks`, `20 minutes`: an age in milliseconds, rounded down to its largest unit. */
export function ageInWords(ageMs: number): string {
  if (ageMs < HOUR) return plural(Math.max(0, Math.floor(ageMs / MINUTE)), 'minute');
  if (ageMs < DAY) return plural(Math.floor(ageMs / HOUR), 'hour');
  const days = Math.floor(ageMs / DAY);
  if (days < 21) return plural(days, 'day');
  if (days < 60) return plural(Math.floor(days / 7), 'week');
  if (days < 730) return plural(Math.floor(days / 30), 'month');
  return plural(Math.floor(days / 365), 'year');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
