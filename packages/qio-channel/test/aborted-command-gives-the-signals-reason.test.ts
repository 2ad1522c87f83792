import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { nodeCommand } from './support/node-command.js';

test('to who reads and who writes, not an end that looks clean; and ends the command', async () => {
  const controller = new AbortController();
  const channel = await QIOChannelCommand.spawn(nodeCommand('setInterval(() => {}, 1000)'), {
    signal: controller.signal,
  });
  const reason = new Error('changed my mind');
  const reading = coRun(() => channel.readv([Buffer.alloc(1)])).catch((error: unknown) => error);
  const writing = coRun(() => channel.writevAll([Buffer.alloc(1 << 24)])).catch((error: unknown) => error);
  controller.abort(reason);
  expect(await reading).toBe(reason);
  expect(await writing).toBe(reason);
  await expect(coRun(() => channel.readv([Buffer.alloc(1)]))).rejects.toBe(reason);
  expect(await coRun(() => channel.waitExit())).toEqual({ exitCode: null, signal: 'SIGTERM' });
});

test('before it has started, nothing is', async () => {
  const reason = new Error('changed my mind');
  await expect(QIOChannelCommand.spawn(nodeCommand(''), { signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
  const controller = new AbortController();
  const spawning = QIOChannelCommand.spawn(nodeCommand(''), { signal: controller.signal });
  controller.abort(reason);
  await expect(spawning).rejects.toBe(reason);
});

test('a reason that is no error is told all the same', async () => {
  const controller = new AbortController();
  const channel = await QIOChannelCommand.spawn(nodeCommand('setInterval(() => {}, 1000)'), {
    signal: controller.signal,
    name: 'it',
  });
  controller.abort(null);
  await expect(coRun(() => channel.readv([Buffer.alloc(1)]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_COMMAND',
    message: 'it: its signal aborted: null',
  });
});

test('after it has ended, its bytes are still there and its end is what it was', async () => {
  const controller = new AbortController();
  const channel = await QIOChannelCommand.spawn(nodeCommand(`process.stdout.write('all')`), {
    signal: controller.signal,
  });
  await channel.exited;
  controller.abort(new Error('too late'));
  await coRun(() => channel.readvAll([Buffer.alloc(3)]));
  expect(await coRun(() => channel.readv([Buffer.alloc(1)]))).toBe(0);
  channel.close();
});
