import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright/test';
import { TOKEN } from './fixtures/host.ts';
import { expect, test } from './fixtures/test.ts';

// What a page of somebody else can do to the browser host from a real browser on the same machine: nothing. The host's
// own tests send the same as bytes: src-main/host/server.test.ts.

let site: Server;

test.beforeEach(async () => {
  site = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>Another site</title><iframe name="target"></iframe>');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => site.once('listening', resolve));
});

test.afterEach(() => {
  site.closeAllConnections();
  site.close();
});

test('gives a page of another site nothing to read, to embed, to run or to change', async ({
  cache,
  app,
  context,
}) => {
  await app.open(cache.home);
  const host = new URL(app.page.url()).origin;
  const page = await context.newPage();
  // The token is in no address a browser would send along, so knowing it is more than such a page can.
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/#${TOKEN}`);
  const outcomes = await page.evaluate(attack, { host, token: TOKEN });
  expect(outcomes).toEqual({
    'reads the page': 'refused',
    'reads the page without CORS': 'refused',
    'calls with the token': 'refused',
    'calls without CORS': 'refused',
    'opens a web socket': 'refused',
    'runs the script': 'refused',
    'shows a picture': 'refused',
  });
  const frames = page.frames().filter((frame) => frame !== page.mainFrame());
  expect(frames).toHaveLength(2);
  // Chromium's own page about what may not be shown in a frame.
  for (const frame of frames) expect(frame.url()).toMatch(/^chrome-error:/);
  await page.close();
  await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
  expect(await removedByAnyone(app.page)).toBe(0);
});

/** What the activity log has: an attack that reached the engine would be in it. */
async function removedByAnyone(page: Page): Promise<number> {
  return page.evaluate(async (token) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch('/ipc/activity.list', { method: 'POST', headers, body: '{"limit":50}' });
    const last = (await answer.text()).trimEnd().split('\n').at(-1)!;
    return (JSON.parse(last) as { value: unknown[] }).value.length;
  }, TOKEN);
}

/** Runs in the page of the other site. */
async function attack({ host, token }: { host: string; token: string }): Promise<Record<string, string>> {
  const removal = JSON.stringify({ reference: 'alpine', force: true });
  const fetching = (path: string, init: RequestInit): Promise<string> =>
    fetch(`${host}${path}`, init).then(
      (answer) => answer.type,
      () => 'refused',
    );
  const loading = (tag: 'script' | 'img', src: string): Promise<string> =>
    new Promise((resolve) => {
      const element = document.createElement(tag);
      element.addEventListener('load', () => resolve('loaded'));
      element.addEventListener('error', () => resolve('refused'));
      element.src = `${host}${src}`;
      document.body.append(element);
    });
  const loaded = (frame: HTMLIFrameElement): Promise<void> =>
    new Promise((resolve) => frame.addEventListener('load', () => resolve(), { once: true }));
  const form = document.createElement('form');
  form.action = `${host}/ipc/images.remove`;
  form.method = 'post';
  form.enctype = 'text/plain';
  form.target = 'target';
  const field = document.createElement('input');
  field.name = removal.slice(0, -1);
  field.value = '"}';
  form.append(field);
  document.body.append(form);
  const posted = loaded(document.querySelector('iframe')!);
  form.submit();
  const frame = document.createElement('iframe');
  const framed = loaded(frame);
  frame.src = `${host}/`;
  document.body.append(frame);
  const socket = new WebSocket(`${host.replace('http', 'ws')}/`);
  const opened = new Promise<string>((resolve) => {
    socket.addEventListener('open', () => resolve('opened'));
    socket.addEventListener('error', () => resolve('refused'));
  });
  await Promise.all([posted, framed]);
  const json = { 'content-type': 'application/json' };
  return {
    'reads the page': await fetching('/', {}),
    'reads the page without CORS': await fetching('/', { mode: 'no-cors' }),
    'calls with the token': await fetching('/ipc/images.remove', {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${token}` },
      body: removal,
    }),
    'calls without CORS': await fetching('/ipc/images.remove', {
      method: 'POST',
      mode: 'no-cors',
      headers: { authorization: `Bearer ${token}` },
      body: removal,
    }),
    'opens a web socket': await opened,
    'runs the script': await loading('script', '/ipc/images.list'),
    'shows a picture': await loading('img', '/'),
  };
}
