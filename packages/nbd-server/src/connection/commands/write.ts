import type { Co } from '@coaio/coroutine';
import type { ReadWindow } from '@coaio/qio-channel';
import type { NbdWriteOptions } from '../../exports/nbd-backend.js';
import { backendFailure } from '../backend-failure.js';
import type { PayloadMemory } from '../payload-memory.js';
import type { ReadGate } from '../read-gate.js';
import { isFua, offsetOf, type Request } from '../request.js';
import { isPending } from '../work.js';
import type { CommandParts } from './command-parts.js';

const FUA: NbdWriteOptions = Object.freeze({ fua: true });
const NO_FUA: NbdWriteOptions = Object.freeze({ fua: false });

/**
 * NBD_CMD_WRITE. Where the backend offers the place itself, `landing`, a payload goes there at once. It is whole before,
 * for a client that leaves in the middle of one must not tear a sector, unless it is so large that to receive it elsewhere
 * would cost as much as to receive it (256 KiB: 1.5x the rate without).
 */
export class WriteCommand {
  readonly #parts: CommandParts;
  readonly #window: ReadWindow;
  readonly #payloads: PayloadMemory;
  readonly #gate: ReadGate;

  constructor(parts: CommandParts, window: ReadWindow, payloads: PayloadMemory, gate: ReadGate) {
    this.#parts = parts;
    this.#window = window;
    this.#payloads = payloads;
    this.#gate = gate;
  }

  /** Does it if the payload is in the window. @returns false: {@link receive} has to. */
  startArrived(request: Request): boolean {
    const { length } = request;
    if (!this.#payloads.hasArrived(length)) return false;
    let landing: Uint8Array | null;
    try {
      landing = this.#landing(request);
    } catch (error) {
      this.#window.at += length;
      this.#parts.replies.failure(request, backendFailure(error, request));
      return true;
    }
    if (landing === null) this.#write(request, this.#payloads.takeArrived(length));
    else {
      this.#window.copyTo(landing);
      this.#parts.replies.success(request);
    }
    return true;
  }

  /** @returns false when the stream ended in the payload. */
  *receive(request: Request): Co<boolean> {
    const { replies, rules } = this.#parts;
    let landing: Uint8Array | null;
    try {
      landing = this.#payloads.lands(request.length) ? this.#landing(request) : null;
    } catch (error) {
      if (!(yield* this.#window.skip(request.length))) return false;
      replies.failure(request, backendFailure(error, request));
      return true;
    }
    let payload: Uint8Array | null;
    if (landing === null) payload = yield* this.#payloads.receive(request.length);
    else {
      const landed = yield* this.#land(landing);
      if (landed === null) return false;
      if (landed === request.length) {
        replies.success(request);
        return true;
      }
      payload = yield* this.#payloads.receiveRest(landing.subarray(0, landed), request.length);
    }
    if (payload === null) return false;
    const refusal = rules.judgeAgain(request);
    if (refusal === null) this.#write(request, payload);
    else {
      this.#payloads.release(payload, payload.buffer.byteLength);
      replies.failure(request, refusal);
    }
    return true;
  }

  /** Nothing goes there once the export has another size, or was drained: its backend may have other memory then. */
  *#land(landing: Uint8Array): Co<number | null> {
    const { landings } = this.#parts.negotiated.served;
    landings.add(this.#gate);
    try {
      return yield* this.#payloads.receiveInto(landing);
    } finally {
      landings.delete(this.#gate);
    }
  }

  /** The memory to receive the payload into; null: it goes by way of `write`. With FUA it does, which can say so. */
  #landing(request: Request): Uint8Array | null {
    const { backend } = this.#parts.negotiated.served;
    const { length } = request;
    if (backend.landing === undefined || length === 0 || isFua(request)) return null;
    const landing = backend.landing(offsetOf(request), length);
    if (landing !== null && landing.length !== length) {
      throw new Error(`landing() gave ${landing.length} of ${length} bytes`);
    }
    return landing;
  }

  #write(request: Request, payload: Uint8Array): void {
    const { replies, deferral, negotiated } = this.#parts;
    const { length } = payload;
    const { byteLength } = payload.buffer;
    try {
      const options = isFua(request) ? FUA : NO_FUA;
      const pending =
        length > 0 ? negotiated.served.backend.write?.(offsetOf(request), payload, options) : undefined;
      if (isPending(pending)) {
        const release = (): void => this.#payloads.release(payload, byteLength);
        deferral.after(pending, request, length, (waiting) => replies.success(waiting), release);
        return;
      }
    } catch (error) {
      this.#payloads.release(payload, byteLength);
      replies.failure(request, backendFailure(error, request));
      return;
    }
    this.#payloads.release(payload, byteLength);
    replies.success(request);
  }
}
