import { coRun } from '@coaio/coroutine';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { nodeCommand } from './support/node-command.js';

/** Says more than a pipe holds once its stdin has ended, and fails if that cannot be written. */
const SUMMARY = `
  const { writeSync } = require('fs');
  process.stdin.on('end', () => {
    for (let left = 64; left > 0; left--) writeSync(2, Buffer.alloc(4096, 's'));
    process.exit(7);
  }).resume();
`;

test('its summary is not the end of it', async () => {
  const channel = await QIOChannelCommand.spawn(nodeCommand(SUMMARY), { termAfterMs: 2 ** 31 - 1 });
  channel.close();
  expect(await coRun(() => channel.waitExit())).toEqual({ exitCode: 7, signal: null });
});
