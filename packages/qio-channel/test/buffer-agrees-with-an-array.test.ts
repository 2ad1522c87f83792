import { QIOChannelBuffer } from '@coaio/qio-channel';
import { test } from 'vitest';
import { agreesWithAnArray } from './support/seekable-model.js';

test('reads, writes and seeks of a buffer do what an array with a position does', async () => {
  await agreesWithAnArray(
    async () => new QIOChannelBuffer({ capacity: 10 }),
    async (channel) => (channel as QIOChannelBuffer).data,
  );
});
