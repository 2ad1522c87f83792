import { getIohandlerAioContext, throwUncaught } from '@coaio/aio-context';
import { aioCoKick, type Co, type Coroutine, coSelf, coYield, inCoroutine } from '@coaio/coroutine';
import { QIOChannelError } from './qio-channel-error.js';

/** The one coroutine that may wait in one direction of a channel. */
export class DirectionWaiter {
  readonly #channelName: string;
  readonly #operation: string;
  #coroutine: Coroutine | null = null;
  #follow = false;
  /** Woken, it still has its turn to come, and the direction to itself until then. */
  #woken = false;

  constructor(channelName: string, operation: string) {
    this.#channelName = channelName;
    this.#operation = operation;
  }

  get waiting(): boolean {
    return this.#coroutine !== null && !this.#woken;
  }

  /** @throws QIOChannelError `QIO_CHANNEL_BUSY`: another coroutine is in the same operation. */
  assertFree(): void {
    if (this.#coroutine !== null) {
      throw new QIOChannelError(
        'QIO_CHANNEL_BUSY',
        `${this.#channelName}: ${this.#operation}: "${this.#coroutine.name}" is in it already`,
      );
    }
  }

  /** @param follow wake it in its own context, not in the iohandler context. */
  *wait(follow: boolean): Co<void> {
    this.assertFree();
    this.#coroutine = coSelf();
    this.#follow = follow;
    this.#woken = false;
    try {
      yield* coYield();
    } finally {
      this.#coroutine = null;
    }
  }

  /** Wakes who waits, if any. `event`: the event loop calls, not a poll, a coroutine or the channel's user. */
  wake(event: 'event' | null = null): void {
    const coroutine = this.#coroutine;
    if (coroutine === null || this.#woken) return;
    this.#woken = true;
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
}
