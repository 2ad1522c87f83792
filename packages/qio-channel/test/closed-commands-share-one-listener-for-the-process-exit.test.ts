import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { nodeCommand } from './support/node-command.js';

/** It ends by SIGTERM only. */
const STAYS = nodeCommand('setInterval(() => {}, 1000)');

test('added with the first, removed with the last', async () => {
  const before = process.listenerCount('exit');
  const channels = await Promise.all(
    Array.from({ length: 3 }, () => QIOChannelCommand.spawn(STAYS, { termAfterMs: 2 ** 31 - 1 })),
  );
  for (const channel of channels) channel.close();
  expect(process.listenerCount('exit')).toBe(before + 1);
  const [last, ...others] = channels;
  for (const { pid } of others) process.kill(pid);
  await Promise.all(others.map((channel) => coRun(() => channel.waitExit())));
  expect(process.listenerCount('exit')).toBe(before + 1);
  process.kill(last!.pid);
  await coRun(() => last!.waitExit());
  expect(process.listenerCount('exit')).toBe(before);
});
