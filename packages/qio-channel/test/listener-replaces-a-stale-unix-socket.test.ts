import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { coRun } from '@coaio/coroutine';
import { QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from './support/socket-pair.js';

const LISTEN_AND_DIE = `
  require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'));
`;

test('a socket whose listener was killed is replaced, a live one is not', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/socket`;
    expect(() => execFileSync(process.execPath, ['-e', LISTEN_AND_DIE, path], { stdio: 'ignore' })).toThrow();
    expect(existsSync(path)).toBe(true);

    const listener = await QIONetListener.open({ type: 'unix', path });
    await expect(QIONetListener.open({ type: 'unix', path })).rejects.toMatchObject({
      code: 'QIO_CHANNEL_LISTEN',
      errno: 'EADDRINUSE',
      message: expect.stringContaining(path),
    });
    await listener.disconnect();
    expect(existsSync(path)).toBe(false);
  });
});

test.each(['file', 'link', 'folder'])('what is no socket is left alone: a %s', async (kind) => {
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/${kind}`;
    if (kind === 'folder') mkdirSync(path);
    else writeFileSync(`${folder}/file`, 'precious');
    if (kind === 'link') symlinkSync(`${folder}/file`, path);
    await expect(QIONetListener.open({ type: 'unix', path })).rejects.toMatchObject({
      code: 'QIO_CHANNEL_LISTEN',
      errno: 'EADDRINUSE',
    });
    expect(lstatSync(path).isSocket()).toBe(false);
    if (kind !== 'folder') expect(readFileSync(path, 'utf8')).toBe('precious');
  });
});

test('of many that find the same stale socket one replaces it, and clients reach that one', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/socket`;
    expect(() => execFileSync(process.execPath, ['-e', LISTEN_AND_DIE, path], { stdio: 'ignore' })).toThrow();

    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => QIONetListener.open({ type: 'unix', path })),
    );
    const listeners = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(listeners).toHaveLength(1);
    for (const one of tries) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ errno: 'EADDRINUSE' });
    }
    const client = await QIOChannelSocket.connect({ type: 'unix', path });
    const channel = await coRun(() => listeners[0]!.waitClient());
    client.close();
    channel.close();
    await listeners[0]?.disconnect();
  });
});
