import { join } from 'node:path';
import { describeQIOChannel } from '@coaio/qio-channel-contract';
import { inTemporaryFolder, socketPair } from './support/socket-pair.js';

describeQIOChannel('Unix', () =>
  inTemporaryFolder((folder) => socketPair({ type: 'unix', path: join(folder, 'socket') })),
);
