// What an IOThread of the test runs: a listener of its own at a port that others listen at too.
import { coRun } from '@coaio/coroutine';
import { QIONetListener } from '@coaio/qio-channel';

/** @type {QIONetListener} */
let listener;
let served = 0;

/**
 * @param {import('@coaio/qio-channel').SocketAddress} address
 * @returns where it listens.
 */
export async function open(address) {
  listener = await QIONetListener.open(address, { reusePort: true });
  listener.setClientFunc((channel) => {
    served++;
    void coRun(function* () {
      const buffer = new Uint8Array(64);
      for (;;) {
        const count = yield* channel.readv([buffer]);
        if (count === 0) break;
        yield* channel.writevAll([buffer.subarray(0, count)]);
      }
      channel.close();
    });
  });
  return listener.address;
}

/** @returns how many clients it was given. */
export async function close() {
  await listener.disconnect();
  return served;
}
