import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

/** Closes a command that ignores it, says which process that is, and has nothing more to do. */
const CLOSES_AND_ENDS = `
  import { QIOChannelCommand } from '@coaio/qio-channel';
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('!')";
  const channel = await QIOChannelCommand.spawn([process.execPath, '-e', stubborn], { killAfterMs: 2147483647 });
  await channel.promises.readv([new Uint8Array(1)]);
  channel.close();
  process.stdout.write(String(channel.pid));
`;

test('that ends although the command has not', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CLOSES_AND_ENDS], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(status).toBe(0);
  process.kill(Number(printed), 'SIGKILL');
});
