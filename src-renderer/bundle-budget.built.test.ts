import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ASSETS = fileURLToPath(new URL('../out/renderer/assets/', import.meta.url));
const BUDGET_FILE = new URL('../bench/bundle-budget.json', import.meta.url);

const ENDINGS = { script: /\.js$/, style: /\.css$/, font: /\.woff2$/, whole: /./ };
type Part = keyof typeof ENDINGS;

/** Bytes as they lie on the disk, before any compression. */
const budget = JSON.parse(readFileSync(BUDGET_FILE, 'utf8')) as Record<Part, number>;

it.each(Object.keys(ENDINGS) as Part[])('keeps the %s of the interface within its budget', (part) => {
  const names = readdirSync(ASSETS).filter((name) => ENDINGS[part].test(name));
  const bytes = names.reduce((sum, name) => sum + statSync(ASSETS + name).size, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(budget[part]);
});
