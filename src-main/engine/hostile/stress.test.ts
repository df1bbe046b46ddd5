import { expect, it } from 'vitest';
import { stressBeside } from '../../../bench/stress-beside.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';

describeWithMsb('removing and collecting beside the real msb', (version) => {
  it('makes none of its commands fail, lists no image without its files, and leaves nothing', async () => {
    const { problems, msbCommands, removals } = await stressBeside(version, 16_000, 20_261_123);
    expect(problems).toEqual([]);
    expect(msbCommands).toBeGreaterThan(10);
    expect(removals).toBeGreaterThan(3);
  }, 180_000);
});
