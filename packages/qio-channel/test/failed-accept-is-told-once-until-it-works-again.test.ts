import { once } from 'node:events';
import { Server } from 'node:net';
import { constants } from 'node:os';
import { coRun } from '@coaio/coroutine';
import {
  type NetListenerOptions,
  type QIOChannelError,
  QIOChannelSocket,
  QIONetListener,
} from '@coaio/qio-channel';
import { afterEach, expect, test, vi } from 'vitest';
import { loopback } from './support/socket-pair.js';

afterEach(() => vi.restoreAllMocks());

/** A listener, and what the system calls when it could not accept. */
async function openFailing(
  options: NetListenerOptions,
): Promise<{ listener: QIONetListener; fail: () => void }> {
  const listen = vi.spyOn(Server.prototype, 'listen');
  const listener = await QIONetListener.open(loopback, options);
  const server = listen.mock.contexts[0] as unknown as { _handle: { onconnection(status: number): void } };
  return { listener, fail: () => server._handle.onconnection(-constants.errno.ENFILE) };
}

test('the error has the errno and the address; the listener goes on', async () => {
  const errors: QIOChannelError[] = [];
  const { listener, fail } = await openFailing({ onError: (error) => errors.push(error) });
  const { port } = listener.address as { port: number };
  for (let again = 0; again < 1000; again++) fail();
  expect(errors).toMatchObject([
    {
      code: 'QIO_CHANNEL_IO',
      errno: 'ENFILE',
      message: expect.stringContaining(`accept on 127.0.0.1:${port}`),
    },
  ]);
  const client = await QIOChannelSocket.connect(listener.address);
  const channel = await coRun(() => listener.waitClient());
  fail();
  expect(errors).toHaveLength(2);
  client.close();
  channel.close();
  await listener.disconnect();
});

test('whom nobody listens to is a warning of the process', async () => {
  const { listener, fail } = await openFailing({});
  const warned = once(process, 'warning');
  fail();
  expect(await warned).toMatchObject([{ code: 'QIO_CHANNEL_IO', errno: 'ENFILE' }]);
  await listener.disconnect();
});
