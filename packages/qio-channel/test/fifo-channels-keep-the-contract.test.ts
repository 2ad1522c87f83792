import { QIOChannelFile } from '@coaio/qio-channel';
import { describeQIOChannel } from '@coaio/qio-channel-contract';
import { makeFifo } from './support/fifo.js';
import { JoinedChannel } from './support/joined-channel.js';
import { inTemporaryFolder } from './support/socket-pair.js';

describeQIOChannel('FIFO', () =>
  inTemporaryFolder(async (folder) => {
    const [there, back] = [makeFifo(folder, 'there'), makeFifo(folder, 'back')];
    // The readers first: a FIFO that nobody reads cannot be opened to write.
    const [left, right] = [await QIOChannelFile.open(back), await QIOChannelFile.open(there)];
    return [
      new JoinedChannel(left, await QIOChannelFile.open(there, 'w')),
      new JoinedChannel(right, await QIOChannelFile.open(back, 'w')),
    ] as const;
  }),
);
