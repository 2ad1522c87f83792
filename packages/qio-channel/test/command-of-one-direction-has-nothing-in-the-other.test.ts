import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { nodeCommand } from './support/node-command.js';

test('read only: its stdin is empty, and cannot be written', async () => {
  const channel = await QIOChannelCommand.spawn(
    nodeCommand(`process.stdin.resume().on('end', () => process.stdout.write('empty'))`),
    { flags: 'r', name: 'it' },
  );
  const target = Buffer.alloc(5);
  await coRun(() => channel.readvAll([target]));
  expect(target.toString()).toBe('empty');
  await expect(coRun(() => channel.writev([target]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_UNSUPPORTED',
    message: 'it: write: it was opened for reading only',
  });
  channel.close();
});

test('write only: what it prints goes nowhere, and cannot be read', async () => {
  const channel = await QIOChannelCommand.spawn(nodeCommand(`process.stdin.pipe(process.stdout)`), {
    flags: 'w',
    name: 'it',
  });
  await coRun(() => channel.writevAll([Buffer.alloc(1 << 20)]));
  await expect(coRun(() => channel.readv([Buffer.alloc(1)]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_UNSUPPORTED',
    message: 'it: read: it was opened for writing only',
  });
  channel.shutdown('write');
  expect(await channel.exited).toEqual({ exitCode: 0, signal: null });
  channel.close();
});
