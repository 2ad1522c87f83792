import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type InetSocketAddress,
  QIOChannelSocket,
  QIONetListener,
  type SocketAddress,
} from '@coaio/qio-channel';

/** A connected and an accepted channel. The listener is closed again. */
export async function socketPair(
  address: SocketAddress,
): Promise<readonly [QIOChannelSocket, QIOChannelSocket]> {
  const listener = await QIONetListener.open(address);
  const accepted = new Promise<QIOChannelSocket>((resolve) => listener.setClientFunc(resolve));
  const connected = await QIOChannelSocket.connect(listener.address);
  const pair = [connected, await accepted] as const;
  await listener.disconnect();
  return pair;
}

export async function inTemporaryFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'coaio-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const loopback: InetSocketAddress = { type: 'inet', host: '127.0.0.1', port: 0 };
