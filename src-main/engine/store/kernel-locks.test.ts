import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKernelLocks } from './kernel-locks.ts';

/** Device fe:00 is 254:0, which stat shows as 65024. */
const LOCKS = `1: FLOCK  ADVISORY  WRITE 13169 fe:00:2146419 0 EOF
2: POSIX  ADVISORY  READ  1000 fe:00:111 1073741826 1073742335
3: FLOCK  ADVISORY  READ 13170 fe:00:222 0 EOF
3: -> FLOCK  ADVISORY  WRITE 13171 fe:00:222 0 EOF
4: -> FLOCK  ADVISORY  WRITE 13171 fe:00:333 0 EOF
5: OFDLCK ADVISORY  WRITE -1 fe:00:444 0 EOF
6: FLOCK  ADVISORY  WRITE 5 00:2a:555 0 EOF
7: FLOCK  MSNFS     WRITE 5 103:05:666 0 EOF
`;

describe('parseKernelLocks', () => {
  const locks = parseKernelLocks(LOCKS);

  it('knows exclusive and shared flocks by device and inode', () => {
    expect(locks.holds('65024', '2146419')).toBe(true);
    expect(locks.holds('65024', '222')).toBe(true);
    expect(locks.holds('65025', '2146419')).toBe(false);
    expect(locks.holds('65024', '2146418')).toBe(false);
  });

  it('reads device numbers beyond eight bits', () => {
    // 259:5, an NVMe partition.
    expect(locks.holds(`${(0x103 << 8) | 5}`, '666')).toBe(true);
  });

  it('does not take waiting, POSIX and open-file locks for flocks', () => {
    for (const inode of ['111', '333', '444']) expect(locks.holds('65024', inode)).toBe(false);
  });

  it('goes by the inode alone where devices are anonymous, as on overlay and btrfs', () => {
    expect(locks.holds('65024', '555')).toBe(true);
    expect(locks.holds('43', '2146419')).toBe(true);
    expect(locks.holds('43', '2146418')).toBe(false);
  });

  it('tells what others hold on a device, and what they may hold on it', () => {
    expect([...locks.othersOn('65024')]).toEqual(['13169 254:0:2146419', '13170 254:0:222', '5 0:42:555']);
    expect([...locks.othersOn(`${(0x103 << 8) | 5}`)]).toEqual(['5 0:42:555', '5 259:5:666']);
    expect(locks.othersOn('43').size).toBe(4);
    const ours = parseKernelLocks(LOCKS.replace('13169', `${process.pid}`));
    expect(ours.othersOn('65024').has('13169 254:0:2146419')).toBe(false);
    expect(ours.othersOn('65024').size).toBe(2);
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseKernelLocks(`${LOCKS}${text}`).holds('1', '2')));
  });
});
