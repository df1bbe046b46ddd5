import { describe, expect, it } from 'vitest';
import type { ImageHealth } from '../../src-shared/domain/health.ts';
import { listUnwell, summarizeHealth } from './health-words.ts';

function image(reference: string, status: ImageHealth['status']): ImageHealth {
  return { reference, manifestDigest: `sha256:${reference}`, status, findings: [], proven: [], unproven: [] };
}

const report = (...images: ImageHealth[]) => ({ images, unproven: [], tookMs: 1 });

describe('summarizeHealth', () => {
  it('claims no more than that nothing was found', () => {
    expect(summarizeHealth(report(image('a', 'healthy'), image('b', 'healthy')))).toBe(
      'Nothing wrong was found in 2 images.',
    );
    expect(summarizeHealth(report(image('a', 'healthy')))).toBe('Nothing wrong was found.');
    expect(summarizeHealth(report())).toBe('There is no image to check.');
  });

  it('counts what is wrong', () => {
    expect(summarizeHealth(report(image('a', 'healthy'), image('b', 'damaged'), image('c', 'warning')))).toBe(
      'Of 3 images, 1 damaged and 1 with a warning.',
    );
    expect(summarizeHealth(report(image('a', 'warning')))).toContain('something of it is lost');
  });
});

describe('listUnwell', () => {
  it('puts damaged images before those with warnings and leaves out healthy ones', () => {
    const images = [image('a', 'warning'), image('b', 'healthy'), image('c', 'damaged')];
    expect(listUnwell(images).map(({ reference }) => reference)).toEqual(['c', 'a']);
  });
});
