import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

/** Runs `script`, in which `stubborn` is a command that ignores SIGTERM and says when it does. */
async function runs(script: string): Promise<{ printed: string; status: number | null }> {
  const source = `
    import { QIOChannelCommand } from '@coaio/qio-channel';
    import { coRun } from '@coaio/coroutine';
    const node = (source, ...args) => [process.execPath, '-e', source, ...args];
    const stubborn =
      node("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('!')");
    ${script}
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { printed, status };
}

test('that ends although the command has not', async () => {
  const { printed, status } = await runs(`
    const channel = await QIOChannelCommand.spawn(stubborn, { killAfterMs: 2147483647 });
    await channel.promises.readv([new Uint8Array(1)]);
    channel.close();
    process.stdout.write(String(channel.pid));
  `);
  process.kill(Number(printed), 'SIGKILL');
  expect(status).toBe(0);
});

test('unless somebody waits to see it end', async () => {
  const { printed, status } = await runs(`
    const channel = await QIOChannelCommand.spawn(stubborn, { killAfterMs: 1 });
    await channel.promises.readv([new Uint8Array(1)]);
    channel.close();
    const { signal } = await coRun(() => channel.waitExit());
    process.stdout.write(signal);
  `);
  expect({ printed, status }).toEqual({ printed: 'SIGKILL', status: 0 });
});

test('nor does what the command has left behind with its stderr', async () => {
  const { printed, status } = await runs(`
    const leaves = "const { spawn } = require('child_process');" +
      "const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: ['ignore', 'ignore', 'inherit'], detached: true });" +
      "process.stdout.write(String(child.pid)); child.unref();";
    const channel = await QIOChannelCommand.spawn(node(leaves), { flags: 'r' });
    const target = Buffer.alloc(100);
    const count = await channel.promises.readv([target]);
    await channel.promises.readv([target.subarray(count)]);
    process.stdout.write(target.subarray(0, count));
  `);
  process.kill(Number(printed), 'SIGKILL');
  expect(status).toBe(0);
});
