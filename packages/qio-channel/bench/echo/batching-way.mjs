// As an NBD connection does it, message by message: out of a ReadWindow into memory of its own, and out through a WriteBatch.
import { getCurrentAioContext, getMainAioContext } from '@coaio/aio-context';
import { Coroutine } from '@coaio/coroutine';
import { QIOChannelSocket, QIONetListener, ReadWindow, WriteBatch } from '@coaio/qio-channel';
import { Blocks, Exchange } from './exchange.mjs';

/** @import { Messages } from './exchange.mjs' */
/** @import { QIOChannel } from '@coaio/qio-channel' */
/** @import { AioContext } from '@coaio/aio-context' */

/** @type {import('./exchange.mjs').Way} */
export const batchingWay = { serve, connect };

/** @param {string} path @param {Messages} messages */
async function serve(path, messages) {
  const context = getCurrentAioContext() ?? getMainAioContext();
  const listener = await QIONetListener.open({ type: 'unix', path });
  listener.setClientFunc((channel) => echo(channel, messages, context));
}

/** @param {QIOChannel} channel @param {Messages} messages @param {AioContext} context */
function echo(channel, messages, context) {
  channel.setFollowCoroutineCtx(true);
  const window = new ReadWindow(channel);
  const batch = new WriteBatch(channel, context, fail);
  const blocks = new Blocks(messages.bytes);
  Coroutine.create(function* reader() {
    for (;;) {
      const message = blocks.take();
      if (!(yield* window.take(message))) return;
      const mark = batch.append(message);
      if (!batch.hasWritten(mark)) yield* batch.written(mark);
      blocks.give(message);
    }
  }).enter(context);
}

/** @param {string} path @param {Messages} messages */
async function connect(path, messages) {
  const channel = await QIOChannelSocket.connect({ type: 'unix', path });
  channel.setFollowCoroutineCtx(true);
  const exchange = new Exchange(messages);
  const window = new ReadWindow(channel);
  const batch = new WriteBatch(channel, getMainAioContext(), fail);
  const outgoing = new Uint8Array(messages.bytes);
  const send = () => {
    for (let left = exchange.takeSendable(); left > 0; left--) batch.append(outgoing);
  };
  Coroutine.create(function* reader() {
    const message = new Uint8Array(messages.bytes);
    while (yield* window.take(message)) {
      exchange.came(message.length);
      send();
    }
  }).enter();
  return {
    exchange(/** @type {number} */ count) {
      const answered = exchange.begin(count);
      send();
      return answered;
    },
    close() {
      batch.close();
      channel.close();
    },
  };
}

/** @param {unknown} error */
function fail(error) {
  throw error;
}
