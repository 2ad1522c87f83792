import type { AioContext, Clock } from '@coaio/aio-context';
import { type Co, coYield, onAbort } from '@coaio/coroutine';
import type { ReadWindow, WriteBatch } from '@coaio/qio-channel';
import { ConnectionLostError, describeRequest } from '../nbd-client-error.js';
import { startTimer } from '../start-timer.js';
import type { InFlightRequest } from './in-flight-request.js';
import { StallWatch } from './stall-watch.js';

/** How long memory that is wanted back may be in the channel's hands with hardly a byte moving. */
const STALLED_MS = 1000;
/** What is being sent counts as moved once all of it has left: it is given a second more for each such amount. */
const SENT_PER_SECOND = 1 << 20;
const NS_PER_MS = 1e6;

/** Whose memory it is. */
export interface MemoryUser {
  readonly window: ReadWindow;
  readonly batch: WriteBatch;
  fail(why: unknown): void;
}

/**
 * A request that is over while the channel still fills its target, or sends its payload, waits for that. Once it is to wait no longer,
 * for it was given up or its time is up, a peer that holds the memory by not moving loses the connection.
 */
export class MemoryReturn {
  readonly #user: MemoryUser;
  readonly #context: AioContext;
  readonly #clock: Clock;

  constructor(user: MemoryUser, context: AioContext, clock: Clock) {
    this.#user = user;
    this.#context = context;
    this.#clock = clock;
  }

  /** Waits until the channel uses the memory no more. `mark` is the payload's in the batch. */
  *back(
    request: InFlightRequest,
    mark: number,
    signal: AbortSignal | undefined,
    deadlineNs: number,
  ): Co<void> {
    const { batch } = this.#user;
    let watch: StallWatch | undefined;
    const hurry = (): void => {
      watch ??= this.#watchStall(request);
    };
    const isGivenUp = request.state === 'given-up';
    if (isGivenUp) hurry();
    const takeBack = isGivenUp || signal === undefined ? null : onAbort(signal, hurry);
    const limit = isGivenUp ? undefined : this.#startLimit(deadlineNs, hurry);
    while (request.landing) yield* coYield();
    if (!batch.hasWritten(mark)) yield* batch.written(mark);
    takeBack?.();
    limit?.del();
    watch?.end();
  }

  #startLimit(deadlineNs: number, over: () => void): ReturnType<typeof startTimer> {
    if (deadlineNs === Number.POSITIVE_INFINITY) return undefined;
    const leftMs = Math.max(1, (deadlineNs - this.#clock.nowNs()) / NS_PER_MS);
    return startTimer(this.#context, this.#clock, leftMs, over);
  }

  #watchStall(request: InFlightRequest): StallWatch {
    const { window, batch } = this.#user;
    const ms = STALLED_MS * (1 + Math.floor(batch.pendingBytes / SENT_PER_SECOND));
    const what = describeRequest(request.describe());
    const detail = `nobody waits for it, and hardly a byte moved for ${ms} ms while its memory was in use`;
    const stalled = (): void =>
      this.#user.fail(new ConnectionLostError(what, 'the peer has stalled', 'NBD_CONNECTION_LOST', detail));
    return new StallWatch(this.#context, this.#clock, ms, () => window.received + batch.sent, stalled);
  }
}
