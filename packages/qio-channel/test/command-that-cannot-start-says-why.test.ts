import { tmpdir } from 'node:os';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test.each([
  [['/does/not/exist'], {}, 'ENOENT', 'command "/does/not/exist": spawn /does/not/exist ENOENT'],
  [[import.meta.filename], {}, 'EACCES', 'EACCES'],
  [['node'], { cwd: '/does/not/exist' }, 'ENOENT', 'command "node" in /does/not/exist: '],
  [['node\0'], {}, 'ERR_INVALID_ARG_VALUE', 'null bytes'],
  [[], {}, undefined, 'argv has no command'],
  ['cat file' as never, {}, undefined, 'argv is of type string, not a list'],
  [['node'], { flags: 'both' as never }, undefined, 'flags "both" are not "r", "w" or "rw"'],
  [['node'], { killAfterMs: 2 ** 31 }, undefined, 'killAfterMs 2147483648 is not in 0 to 2147483647'],
  [['node'], { exitWaitMs: -1 }, undefined, 'exitWaitMs -1 is neither in 0 to 2147483647 nor Infinity'],
])('%o %o', async (argv, options, errno, message) => {
  await expect(QIOChannelCommand.spawn(argv, options)).rejects.toMatchObject({
    code: 'QIO_CHANNEL_COMMAND',
    errno,
    message: expect.stringContaining(message),
  });
});

test('a folder and an environment of its own', async () => {
  const channel = await QIOChannelCommand.spawn(
    [process.execPath, '-p', 'process.cwd() + process.env.GREETING'],
    { flags: 'r', cwd: tmpdir(), env: { GREETING: ' hello' } },
  );
  const target = Buffer.alloc(1000);
  const count = await channel.promises.readv([target]);
  expect(target.toString('utf8', 0, count)).toMatch(/ hello\n$/);
  expect(await channel.promises.readv([target])).toBe(0);
  channel.close();
});
