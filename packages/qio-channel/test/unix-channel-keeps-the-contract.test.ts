import { join } from 'node:path';
import { describeQIOChannel } from './support/qio-channel-contract.js';
import { inTemporaryFolder, socketPair } from './support/socket-pair.js';

describeQIOChannel('Unix', () =>
  inTemporaryFolder((folder) => socketPair({ type: 'unix', path: join(folder, 'socket') })),
);
