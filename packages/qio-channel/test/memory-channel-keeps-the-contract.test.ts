import { QIOChannelPair } from '@coaio/qio-channel';
import { describeQIOChannel } from '@coaio/qio-channel-contract';

const without = { cork: 'it gathers nothing, each write is there at once' };

describeQIOChannel('memory', async () => QIOChannelPair.open(), { without });
describeQIOChannel(
  'memory that moves 1000 bytes at once',
  async () => QIOChannelPair.open({ capacity: 4096, maxTransfer: 1000 }),
  { without },
);
