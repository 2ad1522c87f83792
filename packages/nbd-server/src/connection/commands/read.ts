import { NBD_CMD_FLAG_DF, NBD_CMD_FLAG_FUA } from '@coaio/nbd-protocol';
import { areThere, atMost } from '../../exports/extents-work.js';
import type { NbdReadOptions } from '../../exports/nbd-backend.js';
import { backendFailure } from '../backend-failure.js';
import type { ReadStretch } from '../replies/replies.js';
import { isFua, offsetOf, type Request } from '../request.js';
import { forget, isPending } from '../work.js';
import type { CommandParts } from './command-parts.js';
import { readStretches } from './read-stretches.js';

/** From this many bytes on it is worth asking where the holes are: to send less takes longer than to send 4 KiB. */
const SPARSE_MIN = 32 * 1024;

const FUA: NbdReadOptions = Object.freeze({ fua: true });
const NO_FUA: NbdReadOptions = Object.freeze({ fua: false });
const ALL_EXTENTS = Object.freeze({ one: false });
const NO_BYTES = new Uint8Array(0);

/** NBD_CMD_READ. Holes are sent as such where the backend can tell at once where they are. */
export class ReadCommand {
  readonly #parts: CommandParts;
  #asksForHoles: boolean;

  constructor(parts: CommandParts) {
    this.#parts = parts;
    const { served, structuredReplies } = parts.negotiated;
    this.#asksForHoles = structuredReplies && served.backend.extents !== undefined;
  }

  start(request: Request): void {
    const { length, flags } = request;
    if (length === 0) {
      this.#parts.replies.success(request);
      return;
    }
    const plain = length < SPARSE_MIN || (flags & (NBD_CMD_FLAG_DF | NBD_CMD_FLAG_FUA)) !== 0;
    const stretches = plain || !this.#asksForHoles ? null : this.#stretches(request);
    if (stretches?.length === 1) this.#parts.replies.sparse(request, stretches, NO_BYTES);
    else this.#read(request, stretches);
  }

  /** @param stretches null: all of it goes as one. */
  #read(request: Request, stretches: readonly ReadStretch[] | null): void {
    let payload: Uint8Array;
    try {
      const { backend } = this.#parts.negotiated.served;
      const { length } = request;
      const fua = isFua(request);
      const view = fua ? null : (backend.view?.(offsetOf(request), length) ?? null);
      if (view !== null) {
        payload = view;
        if (payload.length !== length) throw new Error(`view() gave ${payload.length} of ${length} bytes`);
      } else {
        // Fresh and zero: what a careless backend leaves out must not be what another client wrote.
        const target = new Uint8Array(length);
        const pending = backend.read(offsetOf(request), target, fua ? FUA : NO_FUA);
        if (isPending(pending)) {
          const done = (waiting: Request): void => this.#sendRead(waiting, stretches, target);
          this.#parts.deferral.after(pending, request, length, done);
          return;
        }
        assertWhole(target, length);
        payload = target;
      }
    } catch (error) {
      this.#parts.replies.failure(request, backendFailure(error, request));
      return;
    }
    this.#send(request, stretches, payload);
  }

  /** What a backend has read that could not do so at once. */
  #sendRead(request: Request, stretches: readonly ReadStretch[] | null, target: Uint8Array): void {
    try {
      assertWhole(target, request.length);
    } catch (error) {
      this.#parts.replies.failure(request, backendFailure(error, request));
      return;
    }
    this.#send(request, stretches, target);
  }

  #send(request: Request, stretches: readonly ReadStretch[] | null, payload: Uint8Array): void {
    const { replies } = this.#parts;
    if (stretches === null) replies.data(request, payload);
    else replies.sparse(request, stretches, payload);
  }

  /** Null: there is no hole, or none that is known. */
  #stretches(request: Request): readonly ReadStretch[] | null {
    const { backend } = this.#parts.negotiated.served;
    const offset = offsetOf(request);
    try {
      const extents = backend.extents?.(offset, request.length, ALL_EXTENTS) ?? [];
      if (areThere(extents)) return readStretches(atMost(extents), offset, request.length);
      // To wait for it would cost a read more than the bytes of a hole.
      this.#asksForHoles = false;
      if (isPending(extents)) forget(extents);
    } catch {
      // That the status is not known does not mean that it cannot be read.
    }
    return null;
  }
}

/** A backend may have transferred it to another thread, which leaves nothing. */
function assertWhole(target: Uint8Array, length: number): void {
  if (target.length !== length)
    throw new Error(`read() has given its target away, ${target.length} of ${length} bytes are left`);
}
