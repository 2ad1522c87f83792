import { join } from 'node:path';
import { QIOChannelPair } from '@coaio/qio-channel';
import { describeQIOChannel } from './support/qio-channel-contract.js';
import { inTemporaryFolder, socketPair } from './support/socket-pair.js';
import { tlsOver } from './support/tls-pair.js';

describeQIOChannel('TLS over memory', () => tlsOver(QIOChannelPair.open()));
describeQIOChannel(
  'TLS over memory, the server',
  async () => (await tlsOver(QIOChannelPair.open())).toReversed() as never,
);
describeQIOChannel('TLS over Unix', () =>
  inTemporaryFolder(async (folder) =>
    tlsOver(await socketPair({ type: 'unix', path: join(folder, 'socket') })),
  ),
);
