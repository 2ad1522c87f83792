import { BottomHalf, getIohandlerAioContext, type RemoteBottomHalf } from '@coaio/aio-context';
import { joinThreads } from '@coaio/aio-context/shared';
import type { Co } from '@coaio/coroutine';
import type { IOVec } from '../iovec.js';
import type { IOCondition, IOOptions, ShutdownHow } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { assertHandle, type QIOChannelHandle } from './channel-handle.js';
import { holderId } from './claim.js';
import { ASKED, IN, MAX_USERS, OUT, SHUT_BOTH, SHUT_READ, SHUT_WRITE, USERS, WAKE_READ } from './layout.js';
import { localChannels } from './local-channels.js';
import { ringOwner } from './ring-owner.js';
import type { MemoryIntroducer } from './shared-memories.js';
import { introducerTo } from './thread-memories.js';
import { ViewDirection } from './view-direction.js';

/** A view of another thread's channel: asks that thread for what it cannot do itself. */
export class ChannelView {
  readonly handle: QIOChannelHandle;
  readonly #words: Int32Array;
  readonly #me: number;
  readonly #slot: number;
  readonly #owner: RemoteBottomHalf;
  readonly #bell: BottomHalf;
  readonly #in: ViewDirection;
  readonly #out: ViewDirection;
  readonly #introducer: MemoryIntroducer;
  /** `closing`: a call is under way. */
  #state: 'open' | 'closing' | 'gone' = 'open';

  constructor(handle: QIOChannelHandle) {
    assertHandle(handle);
    this.handle = handle;
    // In its own thread a handle gives the channel itself: this is another one.
    this.#owner = BottomHalf.attach(handle.serve) as RemoteBottomHalf;
    const thread = joinThreads();
    this.#me = holderId(thread.number, thread.tag);
    this.#words = new Int32Array(handle.memory, 0, 96);
    this.#slot = takeSlot(this.#words, this.#me, handle.name);
    this.#introducer = introducerTo(handle.introductions, this.#me, this.#owner);
    this.#bell = getIohandlerAioContext().createBottomHalf(() => this.#look(), 'bell');
    const parts = {
      handle,
      words: this.#words,
      me: this.#me,
      owner: this.#owner,
      bell: this.#bell,
      introducer: this.#introducer,
      leftDirection: () => this.#letGoOnceClosed(),
    };
    this.#in = new ViewDirection(IN, parts);
    this.#out = new ViewDirection(OUT, parts);
    localChannels.listen(this);
  }

  /** @param kind WHOLE, or 0. */
  transfer(
    condition: IOCondition,
    iov: IOVec,
    follow: boolean,
    kind: number,
    options?: IOOptions,
  ): Co<number> {
    return this.#direction(condition).transfer(iov, follow, kind, options?.signal);
  }

  inOneGo<T>(condition: IOCondition, run: () => Co<T>): Co<T> {
    return this.#direction(condition).inOneGo(run);
  }

  wait(condition: IOCondition, follow: boolean, options?: IOOptions): Co<void> {
    return this.#direction(condition).waitUntilReady(follow, options?.signal);
  }

  wakeRead(): void {
    this.#ask(WAKE_READ);
  }

  shutdown(how: ShutdownHow): void {
    this.#ask({ read: SHUT_READ, write: SHUT_WRITE, both: SHUT_BOTH }[how]);
  }

  /** Lets go of the channel, which stays with its own thread and the others. Who waits here sees the end, or an error. */
  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#in.close();
    this.#out.close();
    this.#letGoOnceClosed();
  }

  threadEnded(): void {
    if (this.#owner.isAlive) return;
    this.#look();
  }

  #look(): void {
    this.#in.look();
    this.#out.look();
  }

  /** The bell may be rung until the last request is answered, and an end of the thread before that must not leave a claim behind. */
  #letGoOnceClosed(): void {
    if (this.#state !== 'closing' || this.#in.busy || this.#out.busy) return;
    // Once: the slot may be another view's as soon as it is free.
    this.#state = 'gone';
    for (const memory of [this.#in.ownMemory, this.#out.ownMemory]) {
      if (memory !== null) this.#introducer.takeBack(memory);
    }
    Atomics.compareExchange(this.#words, this.#slot, this.#me, 0);
    localChannels.unlisten(this);
    this.#bell.delete();
  }

  #direction(condition: IOCondition): ViewDirection {
    return condition === 'in' ? this.#in : this.#out;
  }

  /** Of a channel that is closed, or whose thread has ended, there is nothing to ask. */
  #ask(bits: number): void {
    if (this.#state !== 'open' || !this.#owner.isAlive) return;
    Atomics.or(this.#words, ASKED, bits);
    ringOwner(this.#owner);
  }
}

function takeSlot(words: Int32Array, me: number, channelName: string): number {
  for (let slot = USERS; slot < USERS + MAX_USERS; slot++) {
    if (Atomics.compareExchange(words, slot, 0, me) === 0) return slot;
  }
  throw new QIOChannelError('QIO_CHANNEL_USERS', `${channelName}: attach: it has ${MAX_USERS} views already`);
}
