import { existsSync, readFileSync } from 'node:fs';
import { QIOChannelSocket, QIONetListener, type UnixSocketAddress } from '@coaio/qio-channel';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { socketPair } from './support/socket-pair.js';

const knowsTight = Number.parseInt(process.versions.node, 10) >= 22;

/** With `tight: false`, which every Node can do. */
function named(name: string): UnixSocketAddress {
  return { type: 'unix', path: `coaio-${process.pid}-${name}`, abstract: true, tight: false };
}

/** The names as the kernel shows them: `@` for each zero byte. */
function kernelNames(): string[] {
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf(' ') + 1));
}

afterEach(() => vi.restoreAllMocks());

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('connects by a name of the kernel, which is free again when the listener ends', async () => {
    const address = named('pair');
    const listener = await QIONetListener.open(address);
    expect(existsSync(address.path)).toBe(false);
    expect(kernelNames()).toContain(`@${address.path}`.padEnd(108, '@'));
    await expect(QIONetListener.open(address)).rejects.toMatchObject({
      code: 'QIO_CHANNEL_LISTEN',
      errno: 'EADDRINUSE',
      message: expect.stringContaining(`listen on @${address.path}`),
    });
    await listener.disconnect();
    const [left, right] = await socketPair(address);
    const read = right.promises.readvAll([new Uint8Array(2)]);
    await Promise.all([left.promises.writevAll([Buffer.from('hi')]), read]);
    left.close();
    right.close();
  });

  test('a name of the greatest length is taken whole', async () => {
    const address: UnixSocketAddress = {
      type: 'unix',
      path: `${process.pid}`.padEnd(107, 'x'),
      abstract: true,
    };
    const listener = await QIONetListener.open(address);
    const other = { ...address, path: `${address.path.slice(0, -1)}y` };
    await expect(QIOChannelSocket.connect(other)).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
    (await QIOChannelSocket.connect(address)).close();
    await listener.disconnect();
  });

  test.runIf(knowsTight)('by default the name is as long as it is', async () => {
    const address: UnixSocketAddress = { ...named('tight'), tight: undefined };
    const listener = await QIONetListener.open(address);
    expect(kernelNames()).toContain(`@${address.path}`);
    await expect(QIOChannelSocket.connect({ ...address, tight: false })).rejects.toMatchObject({
      errno: 'ECONNREFUSED',
    });
    (await QIOChannelSocket.connect(address)).close();
    await listener.disconnect();
  });

  test.skipIf(knowsTight)('a Node that would change the name refuses it', async () => {
    await expect(QIONetListener.open({ ...named('tight'), tight: true })).rejects.toMatchObject({
      code: 'QIO_CHANNEL_UNSUPPORTED',
      message: expect.stringContaining('needs Node 22, or tight: false'),
    });
  });

  test('file permissions for it are refused', async () => {
    await expect(QIONetListener.open(named('mode'), { mode: 0o600 })).rejects.toMatchObject({
      code: 'QIO_CHANNEL_BAD_ARGUMENT',
      message: expect.stringContaining('mode 600'),
    });
  });
});

test('elsewhere it is refused, rather than taken for a file', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  const refusal = { code: 'QIO_CHANNEL_UNSUPPORTED', message: expect.stringContaining('on Linux only') };
  await expect(QIONetListener.open(named('elsewhere'))).rejects.toMatchObject(refusal);
  await expect(QIOChannelSocket.connect(named('elsewhere'))).rejects.toMatchObject(refusal);
});
