import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('libuv takes the length of a piece modulo 2^32, and would find the end', async () => {
  const channel = await QIOChannelFile.open(import.meta.filename);
  // Memory that is not touched costs nothing.
  const target = new Uint8Array(2 ** 32);
  expect(await coRun(() => channel.readv([target]))).toBe(channel.seek(0, 'end'));
  expect(Buffer.from(target.subarray(0, 6)).toString()).toBe('import');
  channel.close();
});
