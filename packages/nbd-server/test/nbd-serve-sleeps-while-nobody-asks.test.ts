import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { pattern } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';

const LOOKS = 100;

/** Whether no thread of the process was seen at work; one that turns round and round is runnable at almost every look. */
function isAsleep(pid: number): boolean {
  for (let look = 0; look < LOOKS; look++) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const [, state] = /\) (\S)/.exec(readFileSync(`/proc/${pid}/task/${task}/stat`, 'latin1')) ?? [];
      if (state !== 'S') return false;
    }
  }
  return true;
}

test.runIf(process.platform === 'linux').each(['1', '2'])(
  '%s threads, with a client that has stopped asking',
  async (threads) => {
    const command = new NbdServe([
      ...['--memory', '1M', '--port', '0', '--threads', threads, '--poll-max-ns', '100000'],
    ]);
    const client = await NbdClient.connect(await command.line());
    for (let count = 0; count < 200; count++) await client.write(0, pattern(100));
    await expect.poll(() => isAsleep(command.process.pid ?? 0), { timeout: 30_000 }).toBe(true);
    await client.read(0, 100);
    await client.close();
    await command.stop();
  },
);

test.each([
  [[], `context ${availableParallelism() > 1 ? 100_000 : 0}\n`],
  [['--poll-max-ns', '0'], 'context 0\n'],
  [['--poll-max-ns', '5000', '--threads', '1'], 'context 5000\n'],
  [['--threads', '2'], 'thread 0\nthread 0\n'],
  [['--poll-max-ns', '5000', '--threads', '2'], 'thread 5000\nthread 5000\n'],
])('%j sets how the context that serves polls', async (args, stderr) => {
  const command = new NbdServe(['--memory', '1M', ...args, '--run', 'true'], 'tells-how-it-polls.mjs');
  expect(await command.ended).toEqual({ code: 0, stdout: '', stderr });
});
