import { IOThread } from '@coaio/aio-context';
import { QIOChannel, type QIOChannelHandle, type QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { describeQIOChannel, type Pair } from '@coaio/qio-channel-contract';
import { afterAll, beforeAll } from 'vitest';
import { loopback } from './support/socket-pair.js';

const streams = new URL('./workers/streams.mjs', import.meta.url);

let thread: IOThread;
beforeAll(async () => {
  thread = await IOThread.start({ name: 'io' });
});
afterAll(() => thread.terminate());

/** A view of a socket that is another thread's, and that socket's peer. */
async function viewAndPeer(): Promise<Pair> {
  const listener = await QIONetListener.open(loopback);
  const accepted = new Promise<QIOChannelSocket>((resolve) => listener.setClientFunc(resolve));
  const handle = await thread.run<QIOChannelHandle>(streams, 'opens', listener.address);
  const peer = await accepted;
  await listener.disconnect();
  const view = QIOChannel.attach(handle);
  const letGo = view.close.bind(view);
  // A view's own close leaves the channel to its thread: this closes both.
  view.close = () => {
    void thread.run(streams, 'closes', handle).catch(() => {});
    letGo();
  };
  return [view, peer];
}

const options = {
  without: {
    cork: 'another thread would overtake what is gathered',
    'at once': 'only its own thread knows what it can do',
  },
};
describeQIOChannel('view', viewAndPeer, options);
describeQIOChannel(
  "view's peer",
  async () => {
    const [view, peer] = await viewAndPeer();
    return [peer, view];
  },
  options,
);
