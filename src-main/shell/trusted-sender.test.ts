import { describe, expect, it } from 'vitest';
import { APP_URL, createOwnPages } from './own-pages.ts';
import { isTrustedSender, type SenderEvent } from './trusted-sender.ts';

const pages = createOwnPages(null);
const page = { url: APP_URL, parent: null, detached: false };

function isTrusted(frame: object | null): boolean {
  return isTrustedSender({ senderFrame: frame } as SenderEvent, pages);
}

describe('isTrustedSender', () => {
  it('trusts the main frame of our own page', () => {
    expect(isTrusted(page)).toBe(true);
    expect(isTrusted({ ...page, url: `${APP_URL}#image=alpine` })).toBe(true);
  });

  it('does not trust a frame that is gone', () => {
    expect(isTrusted(null)).toBe(false);
  });

  it('does not trust a frame whose page has been replaced', () => {
    expect(isTrusted({ ...page, detached: true })).toBe(false);
  });

  it('does not trust a child frame, whatever it shows', () => {
    expect(isTrusted({ ...page, parent: page })).toBe(false);
  });

  it.each([
    '',
    'about:blank',
    'https://strata/index.html',
    'file:///index.html',
    'app://other/index.html',
    'app://strata.example.com/index.html',
    'app:strata',
    'data:text/html,app://strata/',
    'blob:app://strata/1',
    'http://localhost:5173/',
  ])('does not trust a frame that navigated to %s', (url) => {
    expect(isTrusted({ ...page, url })).toBe(false);
  });
});

describe('createOwnPages', () => {
  it('takes the development server for its own, and nothing else then', () => {
    const developing = createOwnPages('http://localhost:5173');
    expect(developing.start).toBe('http://localhost:5173');
    expect(developing.isOwn('http://localhost:5173/index.html')).toBe(true);
    expect(developing.isOwnResource('ws://localhost:5173/')).toBe(true);
    expect(developing.isOwn('http://localhost:5174/')).toBe(false);
    expect(developing.isOwn(APP_URL)).toBe(false);
  });

  it.each([
    'https://example.com/x.js',
    'ws://localhost:5173/',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'ftp://x/',
    'x',
  ])('loads nothing from %s', (url) => {
    expect(pages.isOwnResource(url)).toBe(false);
  });
});
