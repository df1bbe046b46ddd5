import { expect, it } from 'vitest';
import { stressBeside } from '../../../bench/stress-beside.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';

describeWithMsb('removing and collecting beside the real msb', (version) => {
  it('makes none of its commands fail, lists no image without its files, and leaves nothing', async () => {
    const options = { version, forMs: 24_000, seed: 20_261_123 };
    const { problems, commands, removedFiles } = await stressBeside(options);
    expect(problems).toEqual([]);
    expect(commands.load).toBeGreaterThan(10);
    expect(removedFiles).toBeGreaterThan(3);
  }, 180_000);
});
