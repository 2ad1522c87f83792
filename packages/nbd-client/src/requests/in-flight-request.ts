import { throwUncaught } from '@coaio/aio-context';
import { aioCoKick, type Coroutine } from '@coaio/coroutine';
import { type ExtendedRequestHeader, NBD_CMD_READ, ReadCoverage } from '@coaio/nbd-protocol';
import { operationOf, type RequestDescription } from '../nbd-client-error.js';
import type { ReplySink } from './reply-sink.js';
import type { LateRequests } from './request-options.js';
import { REQUEST_TRANSITIONS, type RequestState } from './request-state.js';

/** Stands for a signal's reason that is null, which as an error would be none. */
export class NullReason extends Error {
  constructor() {
    super('the request was aborted with null');
  }
}

/**
 * A slot for one request on the wire; used again for later ones. It is the header that is sent: the low half of the
 * cookie is the slot's index, the high half counts its uses, so that a late reply is not taken for a new one's.
 */
export class InFlightRequest implements ExtendedRequestHeader {
  flags = 0;
  type = 0;
  cookieHigh = 0;
  readonly cookieLow: number;
  offsetHigh = 0;
  offsetLow = 0;
  /** Of what the request is about; with a payload that says so, the header on the wire counts that. */
  lengthHigh = 0;
  length = 0;

  /** How many writes were answered before it was sent: what a flush covers. */
  writesBefore = 0;
  /** How many connections the client had made when it was sent. */
  madeBefore = 0;
  /** On the connection's clock. */
  sentNs = 0;
  timeoutMs = 0;
  deadlineNs = Number.POSITIVE_INFINITY;
  /** Where a read's data goes, or what takes the chunks; both null: nobody wants it. */
  target: Uint8Array | null = null;
  sink: ReplySink | null = null;
  readonly coverage = new ReadCoverage();
  /** The channel is filling the target: it is not the caller's yet, even if the caller has given up. */
  landing = false;
  /** Told if it is given up, until its late answer. */
  late: LateRequests | null = null;
  /** Waits for the answer; null while nobody does. */
  waiter: Coroutine | null = null;
  /** The first error of the reply, or why it was given up. */
  error: unknown = null;
  #state: RequestState = 'free';

  constructor(index: number) {
    this.cookieLow = index;
  }

  get state(): RequestState {
    return this.#state;
  }

  /** Takes the slot. */
  begin(type: number, flags: number, offset: number | bigint, length: number, waiter: Coroutine): void {
    this.#state = 'waiting';
    this.type = type;
    this.flags = flags;
    this.cookieHigh = (this.cookieHigh + 1) >>> 0;
    if (typeof offset === 'number') {
      this.offsetHigh = Math.floor(offset / 2 ** 32);
      this.offsetLow = offset >>> 0;
    } else {
      this.offsetHigh = Number(offset >> 32n);
      this.offsetLow = Number(offset & 0xffffffffn);
    }
    this.lengthHigh = Math.floor(length / 2 ** 32);
    this.length = length >>> 0;
    this.waiter = waiter;
    this.error = null;
    if (type === NBD_CMD_READ) this.coverage.begin(length);
  }

  /** A reply's offset, counted from the start of the request; out of its range if the server errs. */
  relative(offsetHigh: number, offsetLow: number): number {
    return (offsetHigh - this.offsetHigh) * 2 ** 32 + (offsetLow - this.offsetLow);
  }

  /** The answer is here, or will never be: nobody can give it up any more. {@link wake} it then. */
  answered(): void {
    this.#move('answered');
    this.#letGo();
  }

  /** Its caller waits no longer. Memory that is being filled stays the target until that is done. */
  giveUp(reason: unknown): void {
    this.#move('given-up');
    this.error = reason ?? new NullReason();
    this.late?.begin();
    if (!this.landing) this.#letGo();
    this.wake();
  }

  /** It was given up, and now the server is done with it, or its connection has ended. */
  over(): void {
    const { late } = this;
    this.late = null;
    late?.end();
  }

  /** The target is filled, or the channel has failed: it is the caller's again. */
  landed(): void {
    this.landing = false;
    if (this.#state === 'waiting') return;
    this.#letGo();
    this.wake();
  }

  free(): void {
    this.#move('free');
    this.#letGo();
    this.waiter = null;
    this.error = null;
    this.late = null;
  }

  /** The coroutine that waits looks again. */
  wake(): void {
    if (this.waiter === null) return;
    try {
      aioCoKick(this.waiter);
    } catch (error) {
      // Outside a coroutine it runs at once, and what it throws must not keep the others from being settled.
      throwUncaught(error);
    }
  }

  describe(): RequestDescription {
    const offset = (BigInt(this.offsetHigh) << 32n) | BigInt(this.offsetLow);
    return {
      operation: operationOf(this.type),
      offset: offset <= Number.MAX_SAFE_INTEGER ? Number(offset) : offset,
      length: this.lengthHigh * 2 ** 32 + this.length,
    };
  }

  #letGo(): void {
    this.target = null;
    this.sink = null;
    this.deadlineNs = Number.POSITIVE_INFINITY;
  }

  #move(to: RequestState): void {
    if (!REQUEST_TRANSITIONS[this.#state].includes(to)) {
      throw new Error(`request cannot go from ${this.#state} to ${to}`);
    }
    this.#state = to;
  }
}
