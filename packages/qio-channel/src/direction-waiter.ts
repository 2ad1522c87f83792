import { getIohandlerAioContext, throwUncaught } from '@coaio/aio-context';
import {
  aioCoKick,
  beginWait,
  type Co,
  type Coroutine,
  coSelf,
  coYield,
  endWait,
  inCoroutine,
  onAbort,
  type WaitedFor,
} from '@coaio/coroutine';
import { QIOChannelError } from './qio-channel-error.js';

/**
 * The one coroutine that may wait in one direction of a channel.
 *
 * `idle`: nobody is in it. `waiting`: until it is woken or its signal aborts. `woken`, `aborted`: it still has its turn to come, and
 * the direction to itself until then.
 */
type WaiterState = 'idle' | 'waiting' | 'woken' | 'aborted';

export class DirectionWaiter implements WaitedFor {
  readonly kind = 'QIOChannel';
  readonly name: string;
  readonly #operation: string;
  #state: WaiterState = 'idle';
  #coroutine: Coroutine | null = null;
  #follow = false;

  constructor(channelName: string, operation: 'read' | 'write') {
    this.name = `${operation} of ${channelName}`;
    this.#operation = `${channelName}: ${operation}`;
  }

  get waiting(): boolean {
    return this.#state === 'waiting';
  }

  /** Whether somebody is in the direction: waits, or was woken and has its turn to come. */
  get busy(): boolean {
    return this.#coroutine !== null;
  }

  /** @throws QIOChannelError `QIO_CHANNEL_BUSY`, naming who asks and who is in it. */
  assertFree(): void {
    if (this.#coroutine === null) return;
    const asking = inCoroutine() ? ` by "${coSelf().name}"` : '';
    throw new QIOChannelError(
      'QIO_CHANNEL_BUSY',
      `${this.#operation}${asking}: "${this.#coroutine.name}" is in it already`,
    );
  }

  /**
   * @param follow wake it in its own context, not in the iohandler context.
   * @returns whether it was the signal, or {@link abort}, that ended the wait.
   */
  *wait(follow: boolean, signal?: AbortSignal): Co<boolean> {
    const self = coSelf();
    this.#coroutine = self;
    this.#follow = follow;
    this.#state = 'waiting';
    const takeBack = signal === undefined ? null : onAbort(signal, () => this.abort());
    beginWait(self, this);
    try {
      // Woken by nobody of the channel: it waits on.
      while (this.#state === 'waiting') yield* coYield();
      return (this.#state as WaiterState) === 'aborted';
    } finally {
      endWait(self);
      takeBack?.();
      this.#state = 'idle';
      this.#coroutine = null;
    }
  }

  /** Wakes who waits, if any. `event`: the event loop calls, not a poll, a coroutine or the channel's user. */
  wake(event: 'event' | null = null): void {
    const coroutine = this.#coroutine;
    if (coroutine === null || this.#state !== 'waiting') return;
    this.#state = 'woken';
    try {
      if (inCoroutine()) {
        // The other end of a memory channel, or a shutdown: that coroutine's context is the current one.
        aioCoKick(coroutine);
        return;
      }
      const context = this.#follow ? coroutine.context : getIohandlerAioContext();
      if (event !== null) context?.dispatch(() => aioCoKick(coroutine));
      else context?.run(() => aioCoKick(coroutine));
    } catch (error) {
      // What the coroutine throws is not the affair of the event loop's callback, which has more to do.
      throwUncaught(error);
    }
  }

  /** As {@link abort}, for good: who was woken and has its turn to come does not wait again. */
  cancel(): void {
    if (this.#state === 'woken') this.#state = 'aborted';
    else this.abort();
  }

  /** Ends the wait as its signal would. */
  abort(): void {
    if (this.#coroutine === null || this.#state !== 'waiting') return;
    this.#state = 'aborted';
    try {
      aioCoKick(this.#coroutine);
    } catch (error) {
      // Nor of whoever closes, or gives up.
      throwUncaught(error);
    }
  }
}
