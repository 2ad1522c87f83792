import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand, QIOChannelCommandError } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { nodeCommand } from './support/node-command.js';

async function readToTheEnd(script: string): Promise<{ read: string; error: unknown }> {
  const channel = await QIOChannelCommand.spawn(nodeCommand(script), { flags: 'r', name: 'it' });
  let read = '';
  try {
    const target = Buffer.alloc(1000);
    for (;;) {
      const count = await coRun(() => channel.readv([target]));
      if (count === 0) return { read, error: null };
      read += target.toString('latin1', 0, count);
    }
  } catch (error) {
    // Again: who reads on hears the same.
    await expect(coRun(() => channel.readv([Buffer.alloc(1)]))).rejects.toBe(error);
    return { read, error };
  } finally {
    channel.close();
  }
}

test('a status: after all it wrote, with the end of its stderr', async () => {
  const { read, error } = await readToTheEnd(`
    process.stdout.write('part');
    process.stderr.write('no such export\\n');
    process.exitCode = 3;
  `);
  expect(read).toBe('part');
  expect(error).toBeInstanceOf(QIOChannelCommandError);
  expect(error).toMatchObject({
    code: 'QIO_CHANNEL_COMMAND',
    message: 'it: it ended with status 3: no such export',
    exitCode: 3,
    signal: null,
    stderr: 'no such export\n',
  });
});

test('a signal', async () => {
  const { error } = await readToTheEnd(`process.kill(process.pid, 'SIGKILL')`);
  expect(error).toMatchObject({
    code: 'QIO_CHANNEL_COMMAND',
    message: 'it: it was killed by SIGKILL',
    exitCode: null,
    signal: 'SIGKILL',
    stderr: '',
  });
});

test('status 0 is a clean end, whatever it wrote to stderr', async () => {
  const { read, error } = await readToTheEnd(`
    process.stdout.write('all');
    process.stderr.write('warning');
  `);
  expect({ read, error }).toEqual({ read: 'all', error: null });
});

test('of a long stderr the last 4 KiB are kept, without half a character', async () => {
  const { error } = await readToTheEnd(`
    const { writeSync } = require('fs');
    const text = '€'.repeat(300000) + 'the last words';
    for (let rest = Buffer.from(text); rest.length > 0; ) {
      try { rest = rest.subarray(writeSync(2, rest)); } catch {}
    }
    process.exit(1);
  `);
  const { stderr } = error as QIOChannelCommandError;
  expect(Buffer.byteLength(stderr)).toBeLessThanOrEqual(4096);
  expect(Buffer.byteLength(stderr)).toBeGreaterThan(4090);
  expect(stderr).toMatch(/^€+the last words$/);
});
