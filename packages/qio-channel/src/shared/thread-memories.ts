import type { RemoteBottomHalf } from '@coaio/aio-context';
import { localChannels } from './local-channels.js';
import { IntroducedMemories, MemoryIntroducer } from './shared-memories.js';

// Per thread: the memories of others are the same for all that it shares, and what was introduced to another thread once is known there.
let memories: IntroducedMemories | null = null;
const introducers = new Map<string, MemoryIntroducer>();

/** Those that other threads have introduced to this one. */
export function introducedMemories(): IntroducedMemories {
  memories ??= new IntroducedMemories();
  return memories;
}

/** What introduces memories of `me`, this thread, to the one of `address`, until the end of that, of which `owner` is something. */
export function introducerTo(address: string, me: number, owner: RemoteBottomHalf): MemoryIntroducer {
  let introducer = introducers.get(address);
  if (introducer === undefined) {
    const made = new MemoryIntroducer(address, me);
    const untilItsEnd = {
      threadEnded: () => {
        if (owner.isAlive) return;
        made.close();
        introducers.delete(address);
        localChannels.unlisten(untilItsEnd);
      },
    };
    localChannels.listen(untilItsEnd);
    introducers.set(address, made);
    introducer = made;
  }
  return introducer;
}
