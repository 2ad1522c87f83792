import { QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback } from './support/socket-pair.js';

test('the error is uncaught, its client sees the end, the next one is served', async () => {
  const listener = await QIONetListener.open(loopback, { maxConnections: 1 });
  const uncaught: unknown[] = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => uncaught.push(error));
  const bug = new Error('bug in the client function');
  let calls = 0;
  const served = new Promise<QIOChannelSocket>((resolve) => {
    listener.setClientFunc((channel) => {
      if (++calls === 1) throw bug;
      resolve(channel);
    });
  });
  const first = await QIOChannelSocket.connect(listener.address);
  expect(await first.promises.readv([new Uint8Array(1)]).catch(() => 0)).toBe(0);
  const second = await QIOChannelSocket.connect(listener.address);
  const channel = await served;
  expect(channel.remoteAddress).toEqual(second.localAddress);
  expect(uncaught).toEqual([bug]);
  process.removeAllListeners('uncaughtException');
  for (const listener of others) process.on('uncaughtException', listener);
  for (const end of [first, second, channel]) end.close();
  await listener.disconnect();
});
