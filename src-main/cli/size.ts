import { ArgumentProblem, quote } from '../ipc/arguments.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  tb: 1000 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/**
 * A size as people write one, in bytes: `20GB`, `1.5 GiB`, `4096`. Units in any case; the decimal ones are
 * multiples of 1000.
 *
 * @throws ArgumentProblem, which names the option.
 */
export function parseSize(option: string, text: string): number {
  const match = /^([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([a-z]{0,3})$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? '').toLowerCase()];
  const bytes = match === null || unit === undefined ? Number.NaN : Math.round(Number(match[1]) * unit);
  if (!Number.isSafeInteger(bytes)) {
    throw new ArgumentProblem(`--${option} is a size such as 20GB or 512MiB, not ${quote(text)}`);
  }
  return bytes;
}
