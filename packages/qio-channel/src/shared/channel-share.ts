import { type BottomHalf, getIohandlerAioContext } from '@coaio/aio-context';
import { joinThreads, readName } from '@coaio/aio-context/shared';
import { type Co, coSelf } from '@coaio/coroutine';
import type { IOCondition } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { busyClaim } from './busy-claim.js';
import type { QIOChannelHandle } from './channel-handle.js';
import {
  claimHolder,
  closeClaim,
  closeClaimOfDead,
  holderId,
  releaseClaim,
  takeClaim,
  threadOf,
} from './claim.js';
import { toErrorText } from './error-record.js';
import { isHolderAlive } from './holder-alive.js';
import {
  ASKED,
  DESCRIPTOR,
  IN,
  MAX_USERS,
  OUT,
  SHARED_BYTES,
  SHUT_BOTH,
  SHUT_READ,
  SHUT_WRITE,
  USERS,
  WAKE_READ,
  writeEnd,
  writeHolderName,
} from './layout.js';
import { localChannels } from './local-channels.js';
import { Servant } from './servant.js';
import type { ShareableChannel } from './shareable-channel.js';
import { introducedMemories } from './thread-memories.js';

const DIRECTIONS: readonly (readonly [direction: number, condition: IOCondition])[] = [
  [IN, 'in'],
  [OUT, 'out'],
];

/** `closing`: as soon as the last call on the descriptor is over. */
type ShareState = 'open' | 'closing' | 'closed';

/** The side of a shared channel that its own thread has: it serves the others, and closes the descriptor once none of them is in a call. */
export class ChannelShare {
  readonly handle: QIOChannelHandle;
  readonly #channel: ShareableChannel;
  readonly #words: Int32Array;
  readonly #me: number;
  readonly #bottomHalf: BottomHalf;
  readonly #reads: Servant;
  readonly #writes: Servant;
  #state: ShareState = 'open';
  #close: (() => void) | null = null;
  /** The directions whose claims this thread's calls have. */
  readonly #holding = new Set<number>();

  constructor(channel: ShareableChannel, features: readonly string[]) {
    const thread = joinThreads();
    const memories = introducedMemories();
    const memory = new SharedArrayBuffer(SHARED_BYTES);
    this.#channel = channel;
    this.#words = new Int32Array(memory, 0, 96);
    this.#me = holderId(thread.number, thread.tag);
    this.#bottomHalf = getIohandlerAioContext().createBottomHalf(() => this.#serve(), 'serve');
    const settled = () => this.refresh();
    this.#reads = new Servant(this.#words, IN, channel, memories, settled);
    this.#writes = new Servant(this.#words, OUT, channel, memories, settled);
    this.handle = {
      of: 'QIOChannel',
      name: channel.name,
      features,
      serve: this.#bottomHalf.handle,
      memory,
      introductions: memories.address,
    };
    const { cell, generation } = this.handle.serve;
    localChannels.add(cell, generation, channel);
    localChannels.listen(this);
    this.refresh();
  }

  /** A call of this thread's, or all parts of one: it has the direction to itself as any other. */
  *transfer<T>(condition: IOCondition, run: () => Co<T>): Co<T> {
    const direction = condition === 'in' ? IN : OUT;
    // A part: the parts follow each other without a yield, so it is that call's.
    if (this.#holding.has(direction)) return yield* run();
    const claim = this.#take(direction);
    // The channel itself knows how it ended.
    if (claim === 'closed') return yield* run();
    this.#holding.add(direction);
    try {
      writeHolderName(this.#words, direction, coSelf().name);
      return yield* run();
    } finally {
      this.#holding.delete(direction);
      if (direction === OUT) this.refresh();
      releaseClaim(this.#words, direction, this.#me);
    }
  }

  /** As {@link transfer}, for what does not wait. */
  try<T>(condition: IOCondition, run: () => T): T {
    const direction = condition === 'in' ? IN : OUT;
    if (this.#holding.has(direction)) return run();
    this.#take(direction);
    try {
      return run();
    } finally {
      if (direction === OUT) this.refresh();
      releaseClaim(this.#words, direction, this.#me);
    }
  }

  /** @throws QIOChannelError `QIO_CHANNEL_BUSY` */
  #take(direction: number): 'taken' | 'closed' {
    let claim = takeClaim(this.#words, direction, this.#me);
    if (claim === 'busy' && !isHolderAlive(joinThreads().words, claimHolder(this.#words, direction))) {
      // Of a thread whose end is still to be told of.
      this.threadEnded();
      claim = takeClaim(this.#words, direction, this.#me);
    }
    if (claim === 'busy') throw busyClaim(this.#words, direction, this.#channel.name);
    return claim;
  }

  /** Whether others may write to the descriptor has changed, or may have. */
  refresh(): void {
    Atomics.store(this.#words, DESCRIPTOR, this.#channel.descriptorForOthers());
  }

  /** Calls `close` once no other thread is in a call on the descriptor; mostly that is now. */
  closeWhenUnused(close: () => void): void {
    this.#close = close;
    this.closed();
  }

  /** The channel is closed: no call begins any more. */
  closed(): void {
    if (this.#state === 'open') {
      // Before the claims are closed: who finds them so reads it.
      for (const [direction, condition] of DIRECTIONS) {
        const error = this.#channel.endedWith(condition);
        if (error !== null) writeEnd(this.#words, direction, toErrorText(error));
      }
      this.#state = 'closing';
    }
    closeClaim(this.#words, IN);
    if (closeClaim(this.#words, OUT)) this.#finish();
  }

  #finish(): void {
    const close = this.#close;
    this.#close = null;
    close?.();
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    localChannels.unlisten(this);
    localChannels.delete(this.handle.serve.cell);
    this.#bottomHalf.delete();
    // Who asked before the claims were closed is answered now; who asks later finds them closed, and takes the request back.
    this.#reads.look();
    this.#writes.look();
  }

  #serve(): void {
    const asked = Atomics.exchange(this.#words, ASKED, 0);
    if ((asked & SHUT_READ) !== 0) this.#channel.shutdown('read');
    if ((asked & SHUT_WRITE) !== 0) this.#channel.shutdown('write');
    if ((asked & SHUT_BOTH) !== 0) this.#channel.shutdown('both');
    this.#reads.look();
    this.#writes.look();
    // After the look: a wait that was asked for before is there to be woken.
    if ((asked & WAKE_READ) !== 0) this.#reads.wakeRead();
    if (this.#state === 'closing') this.closed();
  }

  /** One that ended without letting go of the channel may have been in the middle of a message: nobody can go on after it. */
  threadEnded(): void {
    const { words } = joinThreads();
    for (let slot = USERS; slot < USERS + MAX_USERS; slot++) {
      const user = Atomics.load(this.#words, slot);
      if (user === 0 || isHolderAlive(words, user)) continue;
      Atomics.store(this.#words, slot, 0);
      this.#channel.fail(
        new QIOChannelError(
          'QIO_CHANNEL_THREAD_GONE',
          `${this.#channel.name}: thread "${readName(words, threadOf(user))}" ended with the channel attached`,
        ),
      );
      closeClaimOfDead(this.#words, IN, user);
      closeClaimOfDead(this.#words, OUT, user);
      this.closed();
    }
  }
}
