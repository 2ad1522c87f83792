import { join } from 'node:path';
import { QIOChannelPair } from '@coaio/qio-channel';
import { describeQIOChannel, type Pair } from '@coaio/qio-channel-contract';
import { inTemporaryFolder, socketPair } from './support/socket-pair.js';
import { tlsOver } from './support/tls-pair.js';

const reversed = ([client, server]: Pair): Pair => [server, client];
const overMemory = (): Promise<Pair> => tlsOver(QIOChannelPair.open());
const overUnix = (): Promise<Pair> =>
  inTemporaryFolder(async (folder) =>
    tlsOver(await socketPair({ type: 'unix', path: join(folder, 'socket') })),
  );

const without = { cork: 'each write leaves as a record of its own' };

describeQIOChannel('TLS over memory', overMemory, { without });
describeQIOChannel('TLS over memory, the server', async () => reversed(await overMemory()), { without });
describeQIOChannel('TLS over Unix', overUnix, { without });
