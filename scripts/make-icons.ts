import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright';
import { findChromium } from './browser.mjs';
import { type Picture, packIcns, packIco } from './icon/containers.ts';

// `npm run make-icons`: everything that shows the icon, made from resources/icon/icon.svg.

const ICON = fileURLToPath(new URL('../resources/icon/', import.meta.url));
const FAVICON = fileURLToPath(new URL('../src-renderer/icon.svg', import.meta.url));
const LINUX_EDGES = [16, 24, 32, 48, 64, 128, 256, 512];
const WINDOWS_EDGES = [16, 24, 32, 48, 64, 128, 256];
const MAC_EDGES = [16, 32, 64, 128, 256, 512, 1024];

const svg = readFileSync(`${ICON}icon.svg`, 'utf8');
const executablePath = await findChromium(run);
const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const pictures = new Map<number, Picture>();
for (const edge of new Set([...LINUX_EDGES, ...WINDOWS_EDGES, ...MAC_EDGES])) {
  pictures.set(edge, { edge, png: await draw(browser, edge) });
}
await browser.close();

mkdirSync(`${ICON}linux`, { recursive: true });
for (const { edge, png } of chosen(LINUX_EDGES)) writeFileSync(`${ICON}linux/${edge}x${edge}.png`, png);
writeFileSync(`${ICON}icon.ico`, packIco(chosen(WINDOWS_EDGES)));
writeFileSync(`${ICON}icon.icns`, packIcns(chosen(MAC_EDGES)));
copyFileSync(`${ICON}icon.svg`, FAVICON);

function chosen(edges: readonly number[]): readonly Picture[] {
  return edges.flatMap((edge) => pictures.get(edge) ?? []);
}

async function draw(browser: Browser, edge: number): Promise<Uint8Array> {
  const page = await browser.newPage({ viewport: { width: edge, height: edge } });
  const style = `body{margin:0}svg{display:block;width:${edge}px;height:${edge}px}`;
  await page.setContent(`<style>${style}</style>${svg}`);
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}

function run(program: string, parameters: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { stdio: 'inherit' });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
