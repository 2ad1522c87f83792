import { NbdClient, type NbdClientEvent } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { readsRight, reconnectingClient } from './support/reconnecting-client.js';
import { startThread, user } from './support/view-thread.js';

test('a loss and its end, with an error of its class', async () => {
  const it = await reconnectingClient();
  const thread = await startThread();
  await thread.run(user, 'attachAndListen', it.client.handle);
  it.connections[0]?.cut();
  await settle();
  expect(await readsRight(it)).toBe(true);
  expect(await thread.run(user, 'hears', 2)).toMatchObject([
    { type: 'connection-lost', connection: 0, error: { isNbdError: true, isOfItsClass: true } },
    { type: 'reconnected', connection: 0 },
  ]);
  expect(it.events.map(({ type }) => type)).toEqual(['connection-lost', 'reconnected']);
});

test('only as long as they are open, and those of the own thread too', async () => {
  const it = await reconnectingClient();
  const [first, second]: NbdClientEvent['type'][][] = [[], []];
  let heard = () => {};
  const some = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const closed = NbdClient.attach(it.client.handle, { onEvent: ({ type }) => first?.push(type) });
  NbdClient.attach(it.client.handle, {
    onEvent: ({ type }) => {
      second?.push(type);
      if (second?.length === 2) heard();
    },
  });
  await closed.close();
  it.connections[0]?.cut();
  await some;
  expect(second).toEqual(['connection-lost', 'reconnected']);
  expect(first).toEqual([]);
});

test('an option that there is not, or a value that it cannot have, is refused by name', async () => {
  const { client } = await reconnectingClient();
  for (const options of [{ onevent: () => {} }, { onEvent: 'log' }, { context: {} }]) {
    expect(() => NbdClient.attach(client.handle, options as never)).toThrow(
      expect.objectContaining({
        code: 'NBD_BAD_ARGUMENT',
        message: expect.stringContaining(Object.keys(options)[0] as string),
      }),
    );
  }
});
