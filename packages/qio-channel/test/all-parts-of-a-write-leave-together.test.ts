import { coRun } from '@coaio/coroutine';
import { expect, onTestFinished, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';
import { threadWithView, user } from './support/view-thread.js';

const SIZE = 1 << 20;
const ROUNDS = 40;

test('another thread that writes meanwhile is refused, or the whole of its own follows', async () => {
  const [here, peer] = await socketPair(loopback);
  const thread = await threadWithView(here);
  onTestFinished(() => {
    here.close();
    peer.close();
  });
  let written = 0;
  const count = (outcome: unknown) => {
    if (outcome === 'written') written++;
    else expect(outcome).toMatchObject({ code: 'QIO_CHANNEL_BUSY' });
  };
  const reading = coRun(function* () {
    const seen: number[] = [];
    const message = new Uint8Array(SIZE);
    while (yield* peer.readvAllEof([message])) {
      const mark = message[0] as number;
      expect(message.every((byte) => byte === mark)).toBe(true);
      seen.push(mark);
    }
    return seen;
  });
  for (let round = 0; round < ROUNDS; round++) {
    const there = thread.run(user, 'writes', [new Uint8Array(SIZE).fill(1)]);
    const own = coRun(() => here.writevAll([new Uint8Array(SIZE).fill(2)])).then(
      () => 'written',
      (error: unknown) => error,
    );
    for (const outcome of await Promise.all([there, own])) count(outcome);
  }
  here.shutdown('write');
  expect(await reading).toHaveLength(written);
  expect(written).toBeGreaterThanOrEqual(ROUNDS);
});
