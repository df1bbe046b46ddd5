import { describe, expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { msbImageList } from '../../../test-support/oracle.ts';
import { toRfc3339 } from './timestamp.ts';

const STORED = [
  '2026-11-23 10:00:00',
  '2026-11-23 10:00:00.123',
  '2026-11-23 10:00:00.123456',
  '2026-11-23 10:00:00.123456789',
  '2026-11-23 10:00:00.5',
  '2026-11-23 10:00:00.120000',
  '2026-11-23 10:00:00.123456000',
  '2026-11-23 10:00:00.000000000',
  '2024-02-29 23:59:59.999999999',
  '2026-12-31 00:00:00.000000001',
  '2026-11-23T10:00:00.25',
  '2026-11-23 10:00:00Z',
  '0000-01-01 00:00:00',
  '9999-12-31 23:59:59.000001',
];

describeWithMsb('toRfc3339', (version) => {
  it('prints stored times as msb does', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    for (const stored of STORED) {
      withDatabase(cache.home, (db) => db.prepare('UPDATE image_ref SET created_at = ?').run(stored));
      const [image] = await msbImageList(cache.home, version);
      expect([stored, toRfc3339(stored)]).toEqual([stored, image!.createdAt]);
    }
  });
});

describe('toRfc3339', () => {
  it.each([
    '',
    'yesterday',
    '2026-11-23',
    '2026-11-23 10:00',
    '2026-13-01 00:00:00',
    '2026-00-10 00:00:00',
    '2026-04-31 00:00:00.123456789',
    '2026-02-29 00:00:00',
    '1900-02-29 00:00:00',
    '2026-11-23 24:00:00',
    '2026-11-23 10:60:00.123456789',
    '2026-11-23 10:00:60',
    '2026-11-23 10:00:00.',
    '2026-11-23 10:00:00.1234567891',
    '2026-11-23 10:00:00+02:00',
    '12026-11-23 10:00:00',
    ' 2026-11-23 10:00:00',
    '2026-11-23 10:00:00\n',
    '２０２６-11-23 10:00:00',
    1_795_000_000,
    null,
    Buffer.from('2026-11-23 10:00:00'),
  ])('takes %j for no date', (stored) => {
    expect(toRfc3339(stored)).toBeNull();
  });
});
