import { type Co, Coroutine, coAwait } from '@coaio/coroutine';
import {
  decodeRequest,
  NBD_CMD_DISC,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NBD_ESHUTDOWN,
  NbdProtocolError,
  NEED_MORE,
  newRequestHeader,
  type RequestHeader,
} from '@coaio/nbd-protocol';
import type { QIOChannel, ReadWindow } from '@coaio/qio-channel';
import { ClientDroppedError } from '../client-dropped-error.js';
import type { NbdWork, NbdWriteOptions } from '../exports/nbd-backend.js';
import type { ServedExport } from '../exports/served-export.js';
import { backendFailure } from './backend-failure.js';
import type { InFlight } from './in-flight.js';
import { judgeRequest, offsetOf, type Refusal } from './judge-request.js';
import { PayloadMemory } from './payload-memory.js';
import type { Replies } from './replies.js';

/**
 * The longest payload of a refused write that is skipped so as to stay in step: twice what every server must take.
 * A client that announces more is dropped.
 */
const MAX_SKIPPED = 64 * 1024 * 1024;

const FUA: NbdWriteOptions = Object.freeze({ fua: true });
const NO_FUA: NbdWriteOptions = Object.freeze({ fua: false });
const SHUTTING_DOWN: Refusal = { error: NBD_ESHUTDOWN, text: 'the server is shutting down' };

export interface TransmissionParts {
  readonly channel: QIOChannel;
  readonly window: ReadWindow;
  readonly served: ServedExport;
  readonly structuredReplies: boolean;
  readonly inFlight: InFlight;
  readonly replies: Replies;
  /** Whether requests that were not taken yet are refused. */
  readonly draining: () => boolean;
}

/**
 * The transmission phase of one connection: one coroutine reads requests, {@link receive}. What the backend answers
 * at once is answered there. A request that has to wait goes on in a coroutine of its own, so replies leave in
 * whatever order they are ready.
 */
export class Transmission {
  readonly #parts: TransmissionParts;
  readonly #request = newRequestHeader();
  readonly #payloads: PayloadMemory;

  constructor(parts: TransmissionParts) {
    this.#parts = parts;
    this.#payloads = new PayloadMemory(parts.window, parts.channel);
  }

  /**
   * Takes requests until the client sends NBD_CMD_DISC or closes. Those in flight may still be unanswered then.
   * @throws NbdProtocolError, ClientDroppedError what comes next cannot be read; QIOChannelError
   */
  *receive(): Co<void> {
    const { window, served, structuredReplies, inFlight, replies, draining } = this.#parts;
    const request = this.#request;
    for (;;) {
      const next = decodeRequest(window.view, window.at, window.end, request);
      if (next === NEED_MORE) {
        if ((yield* window.fill(this.#payloads.nextHeaderLimit())) > 0) continue;
        if (window.available > 0 && !draining()) throw endedWithin('request header');
        return;
      }
      window.at = next;
      if (request.type === NBD_CMD_DISC) return;
      let refusal = judgeRequest(request, served, structuredReplies);
      const payload = refusal === null ? request.length : 0;
      if (!inFlight.hasRoom(payload)) yield* inFlight.room(payload);
      if (draining()) refusal = SHUTTING_DOWN;
      if (refusal !== null) {
        if (request.type === NBD_CMD_WRITE && !(yield* this.#skipPayload())) return;
        replies.failure(request, refusal);
      } else if (request.type === NBD_CMD_READ) this.#read();
      else if (request.type === NBD_CMD_WRITE) {
        const arrived = this.#payloads.takeArrived(request.length);
        if (arrived !== null) this.#write(arrived);
        else if (!(yield* this.#receiveWrite())) return;
      } else this.#flush();
    }
  }

  #read(): void {
    const { replies, served } = this.#parts;
    const request = this.#request;
    const { length } = request;
    if (length === 0) {
      replies.success(request);
      return;
    }
    let payload: Uint8Array;
    try {
      const { backend } = served;
      const view = backend.view?.(offsetOf(request), length) ?? null;
      if (view !== null) {
        payload = view;
        if (payload.length !== length) throw new Error(`view() gave ${payload.length} of ${length} bytes`);
      } else {
        // Fresh and zero: what a careless backend leaves out must not be what another client wrote.
        payload = new Uint8Array(length);
        const pending = backend.read(offsetOf(request), payload, NO_FUA);
        if (pending !== undefined) {
          const target = payload;
          this.#defer(pending, length, (waiting) => replies.data(waiting, target));
          return;
        }
      }
    } catch (error) {
      replies.failure(request, backendFailure(error));
      return;
    }
    replies.data(request, payload);
  }

  *#receiveWrite(): Co<boolean> {
    const payload = yield* this.#payloads.receive(this.#request.length);
    if (payload !== null) this.#write(payload);
    else if (!this.#parts.draining()) throw endedWithin('payload of NBD_CMD_WRITE');
    return payload !== null;
  }

  #write(payload: Uint8Array): void {
    const { replies } = this.#parts;
    try {
      const pending = this.#startWrite(payload);
      if (pending !== undefined) {
        const release = (): void => this.#payloads.release(payload);
        this.#defer(pending, payload.length, (waiting) => replies.success(waiting), release);
        return;
      }
    } catch (error) {
      this.#payloads.release(payload);
      replies.failure(this.#request, backendFailure(error));
      return;
    }
    this.#payloads.release(payload);
    replies.success(this.#request);
  }

  #startWrite(payload: Uint8Array): NbdWork {
    if (payload.length === 0) return;
    const options = (this.#request.flags & NBD_CMD_FLAG_FUA) !== 0 ? FUA : NO_FUA;
    return this.#parts.served.backend.write?.(offsetOf(this.#request), payload, options);
  }

  #flush(): void {
    const { replies, served } = this.#parts;
    try {
      const pending = served.backend.flush?.();
      if (pending !== undefined) {
        this.#defer(pending, 0, (waiting) => replies.success(waiting));
        return;
      }
    } catch (error) {
      replies.failure(this.#request, backendFailure(error));
      return;
    }
    replies.success(this.#request);
  }

  /** Answers the current request once `pending` settles. `bytes` is the payload that is held until then. */
  #defer(
    pending: PromiseLike<void> | Co<void>,
    bytes: number,
    done: (request: RequestHeader) => void,
    settled?: () => void,
  ): void {
    const { inFlight, replies } = this.#parts;
    const request = { ...this.#request };
    inFlight.begin(bytes);
    const wait = function* (): Co<void> {
      let refusal: Refusal | null = null;
      try {
        yield* 'then' in pending ? coAwait(pending) : pending;
      } catch (error) {
        refusal = backendFailure(error);
      }
      settled?.();
      inFlight.end(bytes);
      if (refusal === null) done(request);
      else replies.failure(request, refusal);
    };
    Coroutine.create(wait, 'request').enter();
  }

  *#skipPayload(): Co<boolean> {
    const { window, draining } = this.#parts;
    const { length } = this.#request;
    if (length > MAX_SKIPPED) {
      throw new ClientDroppedError(
        'NBD_REQUEST_TOO_LARGE',
        'NBD_CMD_WRITE',
        `refused, and its payload of ${length} bytes exceeds the ${MAX_SKIPPED} that are skipped`,
      );
    }
    if (yield* window.skip(length)) return true;
    if (!draining()) throw endedWithin('payload of NBD_CMD_WRITE');
    return false;
  }
}

function endedWithin(what: string): NbdProtocolError {
  return new NbdProtocolError(
    'NBD_UNEXPECTED_EOF',
    what,
    'the client closed the connection in the middle of it',
  );
}
