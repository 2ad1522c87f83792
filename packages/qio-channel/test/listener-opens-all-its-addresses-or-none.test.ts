import { existsSync } from 'node:fs';
import { QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder, loopback } from './support/socket-pair.js';

test('one listener takes clients at each address, in one client function', async () => {
  await inTemporaryFolder(async (folder) => {
    const unix: SocketAddress = { type: 'unix', path: `${folder}/socket` };
    const listener = await QIONetListener.open([loopback, { ...loopback, host: '::1' }, unix]);
    expect(listener.address).toBe(listener.addresses[0]);
    const came: (SocketAddress | null)[] = [];
    const all = new Promise<void>((resolve) => {
      listener.setClientFunc((channel) => {
        came.push(channel.localAddress);
        channel.close();
        if (came.length === 3) resolve();
      });
    });
    for (const address of listener.addresses) (await QIOChannelSocket.connect(address)).close();
    await all;
    expect(came).toEqual(expect.arrayContaining([...listener.addresses]));
    expect(listener.isConnected).toBe(true);
    await Promise.all([listener.disconnect(), listener.disconnect()]);
    expect(listener.isConnected).toBe(false);
    expect(existsSync(unix.path)).toBe(false);
    for (const address of listener.addresses) {
      await expect(QIOChannelSocket.connect(address)).rejects.toMatchObject({ code: 'QIO_CHANNEL_CONNECT' });
    }
  });
});

test('when one cannot be listened at, the others are free again', async () => {
  await inTemporaryFolder(async (folder) => {
    const taken = await QIONetListener.open(loopback);
    const unix: SocketAddress = { type: 'unix', path: `${folder}/socket` };
    await expect(QIONetListener.open([unix, taken.address])).rejects.toMatchObject({
      code: 'QIO_CHANNEL_LISTEN',
      errno: 'EADDRINUSE',
    });
    expect(existsSync(unix.path)).toBe(false);
    await (await QIONetListener.open(unix)).disconnect();
    await taken.disconnect();
  });
});

test.each([
  [[], {}, '0 addresses given'],
  [[loopback], { backlog: 0 }, 'backlog is 0, allowed are the integers from 1'],
  [[loopback], { maxConnections: 1.5 }, 'maxConnections is 1.5'],
  [[loopback], { mode: 0o1777 }, 'mode is 1023'],
  [[loopback], { whenFull: 'later' as never }, 'whenFull is "later"'],
])('refused before anything is opened: %o %o', async (addresses, options, message) => {
  await expect(QIONetListener.open(addresses, options)).rejects.toMatchObject({
    code: 'QIO_CHANNEL_BAD_ARGUMENT',
    message: expect.stringContaining(`listen: ${message}`),
  });
});

test('a host that cannot be resolved is told with its errno', async () => {
  await expect(QIONetListener.open({ ...loopback, host: 'nowhere.invalid' })).rejects.toMatchObject({
    code: 'QIO_CHANNEL_LISTEN',
    errno: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  });
});

test('the folder of a Unix socket that is not there is not called forbidden', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/none/socket`;
    await expect(QIONetListener.open({ type: 'unix', path })).rejects.toMatchObject({
      code: 'QIO_CHANNEL_LISTEN',
      errno: 'ENOENT',
      message: expect.stringContaining(`listen on ${path}: ENOENT`),
    });
  });
});
