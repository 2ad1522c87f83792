import { join } from 'node:path';
import { QIOChannelCommand, type QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { describeQIOChannel } from '@coaio/qio-channel-contract';
import { nodeCommand } from './support/node-command.js';
import { inTemporaryFolder } from './support/socket-pair.js';

/** Joins its stdin and stdout to a Unix socket, each direction until its end. */
const RELAY = `
  const socket = require('net').connect({ path: process.argv[1], allowHalfOpen: true });
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  socket.on('end', () => process.stdout.end());
  socket.on('error', () => process.exit(1));
  process.stdout.on('error', () => process.exit(1));
`;

async function relayed(): Promise<readonly [QIOChannelCommand, QIOChannelSocket]> {
  return await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'socket');
    const listener = await QIONetListener.open({ type: 'unix', path });
    const accepted = new Promise<QIOChannelSocket>((resolve) => listener.setClientFunc(resolve));
    // The relay outlives its stdout: its end is told without knowing how the command ends.
    const command = await QIOChannelCommand.spawn(nodeCommand(RELAY, path), { exitWaitMs: 0 });
    const pair = [command, await accepted] as const;
    await listener.disconnect();
    return pair;
  });
}

describeQIOChannel('command', relayed);
describeQIOChannel("command's peer", async () => (await relayed()).toReversed() as never);
