import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, ReadWindow } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const KIB = 1024;

test('filling it on is an error that names its size, until something is consumed', async () => {
  const [writer, reader] = QIOChannelPair.open({ capacity: 64 * KIB });
  const window = new ReadWindow(reader, 32 * KIB);
  await coRun(() => writer.writevAll([new Uint8Array(32 * KIB + 1)]));
  while (window.available < 32 * KIB) await coRun(() => window.fill());
  const full = {
    code: 'QIO_CHANNEL_LIMIT',
    message: expect.stringMatching(/fill: its window is full, of 32768 bytes$/),
  };
  await expect(coRun(() => window.fill())).rejects.toMatchObject(full);
  await expect(coRun(() => window.fill())).rejects.toMatchObject(full);
  expect(window.available).toBe(32 * KIB);
  window.at++;
  expect(await coRun(() => window.fill())).toBe(1);
});
