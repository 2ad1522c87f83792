// A thread that has a channel, which others use.
import { QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';

/** @type {unknown[]} */
const kept = [];

/** Both ends of a connection are this thread's. */
export async function listensAndAccepts() {
  const listener = await QIONetListener.open({ type: 'inet', host: '127.0.0.1', port: 0 });
  /** @type {Promise<QIOChannelSocket>} */
  const accepted = new Promise((resolve) => listener.setClientFunc(resolve));
  const { address } = listener;
  const peer = await QIOChannelSocket.connect(address);
  const channel = await accepted;
  kept.push(listener, peer, channel);
  return { handle: channel.handle, port: address.type === 'inet' ? address.port : 0 };
}
