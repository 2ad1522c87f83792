import { closeSync, openSync } from 'node:fs';
import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand, QIOChannelStdio } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const ECHO = `
import { coRun } from '@coaio/coroutine';
import { QIOChannelStdio } from '@coaio/qio-channel';
const channel = QIOChannelStdio.open();
await coRun(function* () {
  const buffer = new Uint8Array(65536);
  for (;;) {
    const count = yield* channel.readv([buffer]);
    if (count === 0) break;
    yield* channel.writevAll([buffer.subarray(0, count)]);
  }
});
channel.close();
`;

test('what comes on stdin goes out on stdout, to the end', async () => {
  const channel = await QIOChannelCommand.spawn([process.execPath, '--input-type=module', '-e', ECHO]);
  const sent = new Uint8Array(1_000_000).map((_, index) => index * 7);
  const received = new Uint8Array(sent.length);
  const [, count] = await Promise.all([
    coRun(function* () {
      yield* channel.writevAll([sent]);
      channel.shutdown('write');
    }),
    coRun(function* () {
      yield* channel.readvAll([received]);
      return yield* channel.readv([new Uint8Array(1)]);
    }),
  ]);
  expect(Buffer.compare(received, sent)).toBe(0);
  expect(count).toBe(0);
  expect(await channel.exited).toEqual({ exitCode: 0, signal: null });
});

test('a file is refused', () => {
  const fd = openSync(import.meta.filename, 'r');
  try {
    expect(() => QIOChannelStdio.open({ input: fd })).toThrow(
      expect.objectContaining({ code: 'QIO_CHANNEL_UNSUPPORTED' }),
    );
  } finally {
    closeSync(fd);
  }
});
