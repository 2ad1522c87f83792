import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { nodeCommand } from './support/node-command.js';

test('to who waits in a coroutine and to who has the promise, once stdin is at its end', async () => {
  const channel = await QIOChannelCommand.spawn(
    nodeCommand(`process.stdin.on('data', (data) => { process.exitCode = data.length; })`),
    { flags: 'w' },
  );
  expect(channel.pid).toBeGreaterThan(0);
  await coRun(() => channel.writevAll([Buffer.from('12345')]));
  const waiting = coRun(() => channel.waitExit());
  channel.shutdown('write');
  expect(await waiting).toEqual({ exitCode: 5, signal: null });
  expect(await channel.exited).toEqual({ exitCode: 5, signal: null });
  expect(await coRun(() => channel.waitExit())).toEqual({ exitCode: 5, signal: null });
  channel.close();
});

test('the wait can be given up, the command goes on', async () => {
  const channel = await QIOChannelCommand.spawn(nodeCommand('process.stdin.pipe(process.stdout)'));
  const controller = new AbortController();
  const waiting = coRun(() => channel.waitExit({ signal: controller.signal }));
  controller.abort(new Error('gave up'));
  await expect(waiting).rejects.toThrow('gave up');
  await coRun(() => channel.writevAll([Buffer.from('x')]));
  expect(await coRun(() => channel.readv([Buffer.alloc(1)]))).toBe(1);
  channel.close();
  expect(await coRun(() => channel.waitExit())).toEqual({ exitCode: 0, signal: null });
});
