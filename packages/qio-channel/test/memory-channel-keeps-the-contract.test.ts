import { QIOChannelBuffer } from '@coaio/qio-channel';
import { describeQIOChannel } from './support/qio-channel-contract.js';

describeQIOChannel('memory', async () => QIOChannelBuffer.pair());
describeQIOChannel('byte by byte memory', async () =>
  QIOChannelBuffer.pair({ capacity: 4096, maxTransfer: 1000 }),
);
