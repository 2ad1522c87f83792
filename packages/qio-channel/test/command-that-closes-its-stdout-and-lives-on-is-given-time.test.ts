import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { afterEach, expect, test, vi } from 'vitest';
import { nodeCommand } from './support/node-command.js';

/** Ends with its status once its stdin has ended. */
const LIVES_ON = `
  process.stdout.write('all');
  process.stdout.end();
  process.stdin.resume().on('end', () => process.exit(9));
`;

afterEach(() => {
  vi.useRealTimers();
});

test('then the end counts as a clean one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const channel = await QIOChannelCommand.spawn(nodeCommand(LIVES_ON));
  await coRun(() => channel.readvAll([Buffer.alloc(3)]));
  const reading = coRun(() => channel.readv([Buffer.alloc(1)]));
  await vi.waitUntil(() => vi.getTimerCount() === 1, { timeout: 30_000 });
  vi.advanceTimersByTime(1000);
  expect(await reading).toBe(0);
  channel.close();
});

test('in that time it may still fail', async () => {
  const channel = await QIOChannelCommand.spawn(nodeCommand(LIVES_ON), {
    exitWaitMs: Number.POSITIVE_INFINITY,
  });
  await coRun(() => channel.readvAll([Buffer.alloc(3)]));
  const reading = coRun(() => channel.readv([Buffer.alloc(1)]));
  channel.shutdown('write');
  await expect(reading).rejects.toMatchObject({ code: 'QIO_CHANNEL_COMMAND', exitCode: 9 });
  channel.close();
});

test('with no time given the end is the end', async () => {
  const channel = await QIOChannelCommand.spawn(nodeCommand(LIVES_ON), { exitWaitMs: 0 });
  await coRun(() => channel.readvAll([Buffer.alloc(3)]));
  expect(await coRun(() => channel.readv([Buffer.alloc(1)]))).toBe(0);
  channel.close();
});
