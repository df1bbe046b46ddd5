import { expect, it } from 'vitest';
import { followHome } from './follow-home.ts';

it('learns from the answers which home is open, and tells when it is another one', () => {
  const told: string[] = [];
  const follower = followHome({
    onChange: ({ home }) => void told.push(home),
    onRecent: (homes) => void told.push(`recent ${homes.join()}`),
  });
  const call = (id: number, name: string, result: object): void => {
    follower.sawStart(id, name);
    follower.sawLine({ id, line: '{"item":1}', isLast: false });
    follower.sawLine({ id, line: JSON.stringify(result), isLast: true });
  };
  expect(follower.current).toBeNull();
  call(1, 'home.get', { ok: true, value: { home: '/a' } });
  call(2, 'home.get', { ok: true, value: { home: '/a' } });
  call(3, 'home.open', { ok: true, value: { home: '/b' } });
  call(4, 'home.open', { ok: false, error: { code: 'cache-missing', path: '/c' } });
  call(6, 'home.recent', { ok: true, value: ['/b', '/a'] });
  call(7, 'home.recent', { ok: false, error: { code: 'internal', incident: '1' } });
  call(5, 'images.get', { ok: true, value: { home: '/never' } });
  expect(told).toEqual(['/a', '/b', 'recent /b,/a']);
  expect(follower.current?.home).toBe('/b');
});
