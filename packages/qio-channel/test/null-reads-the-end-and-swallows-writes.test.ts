import { coRun } from '@coaio/coroutine';
import { QIOChannelNull } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('reads find the end, writes are taken whole, nothing waits', async () => {
  const channel = new QIOChannelNull();
  const target = new Uint8Array(5).fill(7);
  expect(channel.tryReadv([target])).toBe(0);
  expect(channel.tryWritev([new Uint8Array(1 << 20), new Uint8Array(3)])).toBe((1 << 20) + 3);
  await coRun(function* () {
    expect(yield* channel.readvAllEof([target])).toBe(false);
    yield* channel.writevAll([target]);
    yield* channel.yield('in');
    yield* channel.yield('out');
  });
  expect([...target]).toEqual([7, 7, 7, 7, 7]);
  expect(() => channel.seek(0)).toThrow(expect.objectContaining({ code: 'QIO_CHANNEL_UNSUPPORTED' }));
});
