import type { Co } from '@coaio/coroutine';
import type { IOVec } from '../iovec.js';
import type { IOCondition, ShutdownHow } from '../qio-channel.js';

/** What a channel does for threads that have a view of it. */
export interface ShareableChannel {
  readonly name: string;
  /** As `readv` or `writev`, whoever has the claim. @returns QIO_CHANNEL_ERR_BLOCK after {@link cancelWait}; if `wakeable`, after {@link wakeRead}. */
  transferFor(condition: IOCondition, iov: IOVec, abortable: boolean, wakeable?: boolean): Co<number>;
  /** As `yield`. @returns 0, or QIO_CHANNEL_ERR_BLOCK after {@link cancelWait}. */
  waitFor(condition: IOCondition): Co<number>;
  cancelWait(condition: IOCondition): void;
  shutdown(how: ShutdownHow): void;
  wakeRead(): void;
  /** Ends it for everybody, with that error. */
  fail(error: Error): void;
  /** What calls fail with, now that it is closed; null: as after an ordinary `close`. */
  endedWith(condition: IOCondition): Error | null;
  /** What others may write to at this moment, or -1. */
  descriptorForOthers(): number;
}
