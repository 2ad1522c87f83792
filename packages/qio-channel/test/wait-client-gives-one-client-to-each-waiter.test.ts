import { AioContext } from '@coaio/aio-context';
import { coRun, coSelf, coWaits } from '@coaio/coroutine';
import { QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback } from './support/socket-pair.js';

async function withListener(body: (listener: QIONetListener) => Promise<void>): Promise<void> {
  const listener = await QIONetListener.open(loopback);
  try {
    await body(listener);
  } finally {
    await listener.disconnect();
  }
}

/** Connects, and says who it is. */
async function client(listener: QIONetListener, value: number): Promise<QIOChannelSocket> {
  const channel = await QIOChannelSocket.connect(listener.address);
  await channel.promises.writevAll([Uint8Array.of(value)]);
  return channel;
}

async function byteOf(accepted: QIOChannelSocket): Promise<number | undefined> {
  const into = new Uint8Array(1);
  await accepted.promises.readvAll([into]);
  accepted.close();
  return into[0];
}

test('those who wait are served in their order, before the client function; then clients wait in theirs', async () => {
  await withListener(async (listener) => {
    const waiting = [1, 2].map(() => coRun(() => listener.waitClient()));
    expect(coWaits().map(({ on }) => on.kind)).toEqual(['QIONetListener', 'QIONetListener']);
    const clients: QIOChannelSocket[] = [];
    const toFunction = new Promise<QIOChannelSocket>((resolve) => listener.setClientFunc(resolve));
    for (const value of [1, 2, 3]) clients.push(await client(listener, value));
    const accepted = [...(await Promise.all(waiting)), await toFunction];
    expect(await Promise.all(accepted.map(byteOf))).toEqual([1, 2, 3]);
    expect(coWaits()).toEqual([]);

    listener.setClientFunc(null);
    for (const value of [4, 5]) clients.push(await client(listener, value));
    for (const value of [4, 5]) {
      expect(await byteOf(await coRun(() => listener.waitClient()))).toBe(value);
    }
    for (const channel of clients) channel.close();
  });
});

test('a waiter goes on in its own context', async () => {
  await withListener(async (listener) => {
    const context = new AioContext({ name: 'other' });
    const waited = coRun(
      function* () {
        const channel = yield* listener.waitClient();
        channel.close();
        return coSelf().context?.name;
      },
      { context },
    );
    const connected = await client(listener, 1);
    expect(await waited).toBe('other');
    connected.close();
  });
});

test('an aborted wait takes no client from the next one', async () => {
  await withListener(async (listener) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const aborted = coRun(() => listener.waitClient({ signal: controller.signal }));
    const next = coRun(() => listener.waitClient());
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(coRun(() => listener.waitClient({ signal: controller.signal }))).rejects.toBe(reason);
    const connected = await client(listener, 1);
    expect(await byteOf(await next)).toBe(1);
    connected.close();
  });
});

test('the end of the listener ends every wait, and later ones at once', async () => {
  await withListener(async (listener) => {
    const ended = {
      code: 'QIO_CHANNEL_SHUT_DOWN',
      message: expect.stringContaining('the listener was disconnected'),
    };
    const waiting = [1, 2].map(() => coRun(() => listener.waitClient()));
    const disconnected = listener.disconnect();
    for (const wait of waiting) await expect(wait).rejects.toMatchObject(ended);
    await disconnected;
    await expect(coRun(() => listener.waitClient())).rejects.toMatchObject(ended);
  });
});
