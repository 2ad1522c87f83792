import { joinThreads, readName } from '@coaio/aio-context/shared';
import { coSelf, inCoroutine } from '@coaio/coroutine';
import { QIOChannelError } from '../qio-channel-error.js';
import { claimHolder, threadOf } from './claim.js';
import { isHolderAlive } from './holder-alive.js';
import { IN, readHolderName } from './layout.js';

/** Somebody else is in this direction: names who asks and who is in it. */
export function busyClaim(words: Int32Array, direction: number, channelName: string): QIOChannelError {
  const operation = direction === IN ? 'read' : 'write';
  const asking = inCoroutine() ? ` by "${coSelf().name}"` : '';
  const id = claimHolder(words, direction);
  const holder = threadOf(id);
  if (holder !== 0 && !isHolderAlive(joinThreads().words, id)) {
    return new QIOChannelError(
      'QIO_CHANNEL_THREAD_GONE',
      `${channelName}: ${operation}: thread "${readName(joinThreads().words, holder)}" ended with the channel attached`,
    );
  }
  const thread = holder === 0 ? '' : ` of thread "${readName(joinThreads().words, holder)}"`;
  return new QIOChannelError(
    'QIO_CHANNEL_BUSY',
    `${channelName}: ${operation}${asking}: "${readHolderName(words, direction)}"${thread} is in it already`,
  );
}
