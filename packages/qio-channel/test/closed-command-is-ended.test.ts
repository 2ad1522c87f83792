import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { afterEach, expect, test, vi } from 'vitest';
import { nodeCommand } from './support/node-command.js';

/** Says so once it ignores SIGTERM, and the end of its stdin. */
const STUBBORN = `
  process.on('SIGTERM', () => {});
  process.stdout.on('error', () => {});
  setInterval(() => {}, 1000);
  process.stdout.write('!');
`;

afterEach(() => {
  vi.useRealTimers();
});

test('by the end of its stdin, if it heeds that: what was written is not lost', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const channel = await QIOChannelCommand.spawn(
    nodeCommand('process.stdin.on("end", () => process.exit(7)).resume()'),
  );
  await coRun(() => channel.writevAll([Buffer.alloc(1 << 20)]));
  channel.close();
  expect(await coRun(() => channel.waitExit())).toEqual({ exitCode: 7, signal: null });
  expect(vi.getTimerCount()).toBe(0);
});

test('with SIGTERM after a second, and who waits in it is woken', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const channel = await QIOChannelCommand.spawn(nodeCommand('setInterval(() => {}, 1000)'));
  const reading = coRun(() => channel.readv([Buffer.alloc(1)]));
  const writing = coRun(() => channel.writevAll([Buffer.alloc(1 << 24)])).catch((error: unknown) => error);
  channel.close();
  channel.close();
  expect(await reading).toBe(0);
  expect(await writing).toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
  vi.advanceTimersByTime(999);
  process.kill(channel.pid, 0);
  vi.advanceTimersByTime(1);
  expect(await coRun(() => channel.waitExit())).toEqual({ exitCode: null, signal: 'SIGTERM' });
  expect(vi.getTimerCount()).toBe(0);
  // Signal 0 finds also one that has ended and nobody has waited for.
  expect(() => process.kill(channel.pid, 0)).toThrow('ESRCH');
});

test('with SIGKILL later, if it ignores that', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const channel = await QIOChannelCommand.spawn(nodeCommand(STUBBORN), { termAfterMs: 0, killAfterMs: 700 });
  await coRun(() => channel.readv([Buffer.alloc(1)]));
  channel.close();
  vi.advanceTimersByTime(699);
  process.kill(channel.pid, 0);
  vi.advanceTimersByTime(1);
  expect(await coRun(() => channel.waitExit())).toEqual({ exitCode: null, signal: 'SIGKILL' });
  expect(vi.getTimerCount()).toBe(0);
});

test('not at all if it has ended before', async () => {
  const channel = await QIOChannelCommand.spawn(nodeCommand(''));
  await channel.exited;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  channel.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(await coRun(() => channel.waitExit())).toEqual({ exitCode: 0, signal: null });
});
