import { once } from 'node:events';
import { connect } from 'node:net';
import { coRun } from '@coaio/coroutine';
import { QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback } from './support/socket-pair.js';

test('of three that waited the second has reset its connection: the third comes after the first, and it takes no room', async () => {
  const listener = await QIONetListener.open(loopback, { maxConnections: 2 });
  const { port } = listener.address as { port: number };
  const first = await QIOChannelSocket.connect(listener.address);
  const second = connect(port, '127.0.0.1');
  await once(second, 'connect');
  const third = await QIOChannelSocket.connect(listener.address);
  second.resetAndDestroy();
  await once(second, 'close');

  const given: QIOChannelSocket[] = [];
  for (const client of [first, third]) {
    const channel = await coRun(() => listener.waitClient());
    expect(channel.remoteAddress).toEqual(client.localAddress);
    given.push(channel);
  }
  for (const channel of [first, third, ...given]) channel.close();
  await listener.disconnect();
});

test('one that has sent something and gone politely is given out: its bytes count', async () => {
  const listener = await QIONetListener.open(loopback);
  const client = await QIOChannelSocket.connect(listener.address);
  await client.promises.writevAll([Buffer.from('bye')]);
  client.close();
  const channel = await coRun(() => listener.waitClient());
  const into = new Uint8Array(3);
  expect(await channel.promises.readvAllEof([into])).toBe(true);
  expect(Buffer.from(into).toString()).toBe('bye');
  expect(await channel.promises.readvAllEof([into])).toBe(false);
  channel.close();
  await listener.disconnect();
});
