import type { AioContext, AioTimer, Clock } from '@coaio/aio-context';
import type { InFlightRequest } from './in-flight-request.js';
import type { RequestSlots } from './request-slots.js';

const NS_PER_MS = 1e6;

/**
 * The time limits of a connection's requests, on one timer. An answered request is not taken out: the timer looks who is
 * late when it fires, and is set for the next. So a request with a limit costs a comparison.
 */
export class RequestDeadlines {
  readonly #slots: RequestSlots;
  readonly #clock: Clock;
  readonly #expired: (request: InFlightRequest) => void;
  readonly #timer: AioTimer;
  #nextNs = Number.POSITIVE_INFINITY;
  #ended = false;

  constructor(
    slots: RequestSlots,
    context: AioContext,
    clock: Clock,
    expired: (request: InFlightRequest) => void,
  ) {
    this.#slots = slots;
    this.#clock = clock;
    this.#expired = expired;
    this.#timer = context.createTimer(() => this.#look(), clock);
  }

  /** @param deadlineNs when its time is up, if it began on another connection. */
  set(request: InFlightRequest, timeoutMs: number, deadlineNs?: number): void {
    request.timeoutMs = timeoutMs;
    request.deadlineNs = deadlineNs ?? this.#clock.nowNs() + timeoutMs * NS_PER_MS;
    if (request.deadlineNs < this.#nextNs) this.#arm(request.deadlineNs);
  }

  /** The timer is not armed any more, also when this is called by who is told that its time is up. */
  end(): void {
    this.#ended = true;
    this.#timer.del();
  }

  #look(): void {
    const now = this.#clock.nowNs();
    let next = Number.POSITIVE_INFINITY;
    // First: who is told that its time is up may at once begin another request, which arms the timer.
    this.#nextNs = Number.POSITIVE_INFINITY;
    for (const request of this.#slots.waiting()) {
      if (request.deadlineNs <= now) this.#expired(request);
      else next = Math.min(next, request.deadlineNs);
    }
    if (next < this.#nextNs) this.#arm(next);
  }

  #arm(deadlineNs: number): void {
    if (this.#ended) return;
    this.#nextNs = deadlineNs;
    this.#timer.mod(deadlineNs);
  }
}
