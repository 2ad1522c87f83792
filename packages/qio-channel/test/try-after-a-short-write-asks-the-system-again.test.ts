import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { inTemporaryFolder, socketPair } from './support/socket-pair.js';

test('there is room again: tryWritev finds it, although the write before came short', async () => {
  await inTemporaryFolder(async (folder) => {
    const [left, right] = await socketPair({ type: 'unix', path: `${folder}/socket` });
    const block = new Uint8Array(16 * 1024 * 1024);
    const written = left.tryWritev([block]);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(block.length);
    await coRun(() => right.readvAll([new Uint8Array(written)]));
    expect(left.tryWritev([new Uint8Array(10)])).toBe(10);
    left.close();
    right.close();
  });
});
