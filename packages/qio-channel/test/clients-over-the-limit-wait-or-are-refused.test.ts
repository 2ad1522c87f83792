import { type QIOChannel, QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback } from './support/socket-pair.js';

const byte = (value: number): Uint8Array[] => [Uint8Array.of(value)];

async function readByte(channel: QIOChannel): Promise<number | undefined> {
  const into = new Uint8Array(1);
  return (await channel.promises.readv([into])) === 0 ? undefined : into[0];
}

/** Whether the listener has closed the client's connection: it sees the end, or a reset. */
async function isClosed(channel: QIOChannel): Promise<boolean> {
  return (await readByte(channel).catch(() => undefined)) === undefined;
}

test('one more than the limit hears nothing until a channel is closed, and then has its turn', async () => {
  const listener = await QIONetListener.open(loopback, { maxConnections: 2 });
  const given: QIOChannelSocket[] = [];
  listener.setClientFunc((channel) => {
    given.push(channel);
    // Greets with what the client has sent by then.
    void readByte(channel).then((value) => channel.promises.writevAll(byte(100 + (value ?? 0))));
  });
  const clients: QIOChannelSocket[] = [];
  for (let value = 1; value <= 4; value++) {
    const client = await QIOChannelSocket.connect(listener.address);
    await client.promises.writevAll(byte(value));
    clients.push(client);
  }
  const [first, second, third, fourth] = clients as [
    QIOChannelSocket,
    QIOChannelSocket,
    QIOChannelSocket,
    QIOChannelSocket,
  ];
  expect([await readByte(first), await readByte(second)]).toEqual([101, 102]);
  expect(given).toHaveLength(2);
  expect(third.tryReadv([new Uint8Array(1)])).toBeLessThan(0);

  given[0]?.close();
  expect(await readByte(third)).toBe(103);
  expect(given).toHaveLength(3);
  // Closed by the client: its channel still counts until its owner closes it.
  second.close();
  expect(await readByte(given[1] as QIOChannelSocket)).toBeUndefined();
  expect(given).toHaveLength(3);
  given[1]?.close();
  expect(await readByte(fourth)).toBe(104);
  for (const channel of [...clients, ...given]) channel.close();
  await listener.disconnect();
});

test('refuse closes the connection at once, and there is room again later', async () => {
  const listener = await QIONetListener.open(loopback, { maxConnections: 1, whenFull: 'refuse' });
  const given: QIOChannelSocket[] = [];
  listener.setClientFunc((channel) => given.push(channel));
  const first = await QIOChannelSocket.connect(listener.address);
  const second = await QIOChannelSocket.connect(listener.address);
  expect(await isClosed(second)).toBe(true);
  expect(given).toHaveLength(1);
  given[0]?.close();
  expect(await isClosed(first)).toBe(true);
  const third = await QIOChannelSocket.connect(listener.address);
  await third.promises.writevAll(byte(3));
  while (given.length < 2) await new Promise(setImmediate);
  expect(await readByte(given[1] as QIOChannelSocket)).toBe(3);
  for (const channel of [first, second, third, ...given]) channel.close();
  await listener.disconnect();
});

test('more than the backlog of waiting ones are closed; the ones that wait end with the listener', async () => {
  const listener = await QIONetListener.open(loopback, { backlog: 2 });
  const clients: QIOChannelSocket[] = [];
  for (let count = 0; count < 3; count++) clients.push(await QIOChannelSocket.connect(listener.address));
  const [first, second, third] = clients as [QIOChannelSocket, QIOChannelSocket, QIOChannelSocket];
  expect(await isClosed(third)).toBe(true);
  expect([first, second].map((client) => client.tryReadv([new Uint8Array(1)]) < 0)).toEqual([true, true]);
  await listener.disconnect();
  expect(await Promise.all([isClosed(first), isClosed(second)])).toEqual([true, true]);
  for (const client of clients) client.close();
});
