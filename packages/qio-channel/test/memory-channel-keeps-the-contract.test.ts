import { QIOChannelPair } from '@coaio/qio-channel';
import { describeQIOChannel } from './support/qio-channel-contract.js';

describeQIOChannel('memory', async () => QIOChannelPair.open());
describeQIOChannel('byte by byte memory', async () =>
  QIOChannelPair.open({ capacity: 4096, maxTransfer: 1000 }),
);
