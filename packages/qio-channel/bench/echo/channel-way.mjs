// A channel on both sides: one coroutine reads while another writes.
import { getCurrentAioContext } from '@coaio/aio-context';
import { Coroutine } from '@coaio/coroutine';
import { QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { Blocks, blockSize, Exchange, isWhole } from './exchange.mjs';
import { Sleeper } from './sleeper.mjs';

/** @import { Messages } from './exchange.mjs' */
/** @import { QIOChannel } from '@coaio/qio-channel' */
/** @import { Co } from '@coaio/coroutine' */

/** @type {import('./exchange.mjs').Way} */
export const channelWay = { serve, connect };

/** @param {string} path @param {Messages} messages */
async function serve(path, messages) {
  const context = getCurrentAioContext();
  const listener = await QIONetListener.open({ type: 'unix', path });
  listener.setClientFunc((channel) => context?.run(() => echo(channel, messages)));
}

/** @param {QIOChannel} channel @param {Messages} messages */
function echo(channel, messages) {
  channel.setFollowCoroutineCtx(true);
  const blocks = new Blocks(blockSize(messages));
  /** @type {{ block: Uint8Array, count: number }[]} */
  const answers = [];
  const writer = new Sleeper(function* () {
    const answer = answers.shift();
    if (answer === undefined) return false;
    yield* channel.writevAll([answer.block.subarray(0, answer.count)]);
    blocks.give(answer.block);
    return true;
  });
  Coroutine.create(function* reader() {
    for (;;) {
      const block = blocks.take();
      const count = yield* readBlock(channel, block, messages);
      if (count === 0) return;
      answers.push({ block, count });
      writer.wake();
    }
  }).enter();
}

/** @param {string} path @param {Messages} messages */
async function connect(path, messages) {
  const channel = await QIOChannelSocket.connect({ type: 'unix', path });
  channel.setFollowCoroutineCtx(true);
  const exchange = new Exchange(messages);
  const outgoing = new Uint8Array(messages.bytes * messages.inFlight);
  const writer = new Sleeper(function* () {
    const count = exchange.takeSendable();
    if (count === 0) return false;
    yield* channel.writevAll([outgoing.subarray(0, count * messages.bytes)]);
    return true;
  });
  Coroutine.create(function* reader() {
    const block = new Uint8Array(blockSize(messages));
    for (;;) {
      const count = yield* readBlock(channel, block, messages);
      if (count === 0) return;
      exchange.came(count);
      writer.wake();
    }
  }).enter();
  return {
    exchange(/** @type {number} */ count) {
      const answered = exchange.begin(count);
      writer.wake();
      return answered;
    },
    close: () => channel.close(),
  };
}

/** @param {QIOChannel} channel @param {Uint8Array} block @param {Messages} messages @returns {Co<number>} 0 at the end */
function* readBlock(channel, block, messages) {
  if (!isWhole(messages)) return yield* channel.readv([block]);
  return (yield* channel.readvAllEof([block])) ? block.length : 0;
}
