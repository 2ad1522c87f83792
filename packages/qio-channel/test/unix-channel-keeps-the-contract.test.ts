import { join } from 'node:path';
import { describeQIOChannel, type Pair } from '@coaio/qio-channel-contract';
import { inTemporaryFolder, socketPair } from './support/socket-pair.js';

const unixPair = (): Promise<Pair> =>
  inTemporaryFolder((folder) => socketPair({ type: 'unix', path: join(folder, 'socket') }));

describeQIOChannel('Unix', unixPair);
describeQIOChannel('accepted Unix', async () => {
  const [connected, accepted] = await unixPair();
  return [accepted, connected];
});
