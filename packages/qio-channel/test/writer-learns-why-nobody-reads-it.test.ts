import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { nodeCommand } from './support/node-command.js';

async function writeForEver(script: string, exitWaitMs?: number): Promise<unknown> {
  const channel = await QIOChannelCommand.spawn(nodeCommand(script), {
    flags: 'w',
    name: 'it',
    ...(exitWaitMs === undefined ? {} : { exitWaitMs }),
  });
  const writing = coRun(function* () {
    for (;;) yield* channel.writevAll([Buffer.alloc(1 << 20)]);
  });
  const error = await writing.catch((thrown: unknown) => thrown);
  expect(await coRun(() => channel.writev([Buffer.alloc(1)])).catch((thrown: unknown) => thrown)).toBe(error);
  channel.close();
  return error;
}

test('the command has failed', async () => {
  expect(
    await writeForEver(`process.stderr.write('disk full'); process.exit(4)`, Number.POSITIVE_INFINITY),
  ).toMatchObject({
    code: 'QIO_CHANNEL_COMMAND',
    message: 'it: it ended with status 4: disk full',
    exitCode: 4,
  });
});

test('it has ended well before it had read all', async () => {
  expect(await writeForEver('', Number.POSITIVE_INFINITY)).toMatchObject({
    code: 'QIO_CHANNEL_IO',
    errno: expect.stringMatching(/^(EPIPE|ECONNRESET)$/),
  });
});

test('it only reads no more, and nobody waits to see it end', async () => {
  expect(await writeForEver(`require('fs').closeSync(0); setInterval(() => {}, 1000)`, 0)).toMatchObject({
    code: 'QIO_CHANNEL_IO',
    errno: expect.stringMatching(/^(EPIPE|ECONNRESET)$/),
  });
});
