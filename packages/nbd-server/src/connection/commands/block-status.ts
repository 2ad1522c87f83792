import {
  commandName,
  decodeBlockStatusPayload,
  EXTENDED_EXTENT_SIZE,
  EXTENT_SIZE,
  isNbdError,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_EINVAL,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import type { ReadWindow } from '@coaio/qio-channel';
import type { NbdExtent } from '../../exports/nbd-backend.js';
import type { StatusContext } from '../../exports/status-contexts.js';
import { backendFailure } from '../backend-failure.js';
import type { Refusal } from '../refusal.js';
import { lengthOf, type newRequest, offsetOf, type Request } from '../request.js';
import { type StatusExtents, statusExtents } from '../status-extents.js';
import { isPending } from '../work.js';
import type { CommandParts } from './command-parts.js';

/** Bytes of descriptors in one reply, all contexts together: proto.md lets a server say less than it was asked. */
const MAX_DESCRIPTORS = 256 * 1024;
/** The longest extent of a compact descriptor that is a multiple of every block size. */
const MAX_COMPACT_LENGTH = 2 ** 32 - 65536;
const MAX_COMPACT_STATUS = 2n ** 32n - 1n;
const MAX_STATUS = 2n ** 64n - 1n;

interface SelectedContext extends StatusContext {
  readonly id: number;
}

/** NBD_CMD_BLOCK_STATUS: one chunk for each context, the next asked once the one before has answered. */
export class BlockStatusCommand {
  readonly #parts: CommandParts;
  readonly #negotiated: readonly SelectedContext[];
  readonly #descriptorSize: number;
  /** Those that the last payload has named. */
  #named: readonly SelectedContext[] = [];

  constructor(parts: CommandParts) {
    this.#parts = parts;
    const { served, metaContexts, extendedHeaders } = parts.negotiated;
    this.#negotiated = metaContexts.map(({ id }) => ({
      ...(served.statusContexts[id] as StatusContext),
      id,
    }));
    this.#descriptorSize = extendedHeaders ? EXTENDED_EXTENT_SIZE : EXTENT_SIZE;
  }

  /**
   * Takes the payload out of the window, where it is whole, and puts the length that it names into `request`.
   * @returns null; a refusal leaves it where it is.
   */
  takePayload(request: ReturnType<typeof newRequest>, window: ReadWindow): Refusal | null {
    const { length } = request;
    try {
      const payload = decodeBlockStatusPayload(window.view, window.at, window.end, length);
      if (payload === NEED_MORE) throw new Error('the payload is not in the window');
      const { contextIds, lengthHigh, lengthLow } = payload;
      const known = new Map(this.#negotiated.map((context) => [context.id, context]));
      const unknown = contextIds.find((id) => !known.has(id));
      if (unknown !== undefined) {
        const text = `${commandName(request.type)}: metadata context ${unknown} was not negotiated`;
        return { error: NBD_EINVAL, text };
      }
      this.#named = contextIds.map((id) => known.get(id) as SelectedContext);
      window.at += length;
      request.lengthHigh = lengthHigh;
      request.length = lengthLow;
      return null;
    } catch (error) {
      if (!isNbdError(error)) throw error;
      return { error: NBD_EINVAL, text: error.message };
    }
  }

  /** Bytes that the reply may take. */
  replySize(request: Request): number {
    if ((request.flags & NBD_CMD_FLAG_REQ_ONE) !== 0) return 0;
    const blocks = lengthOf(request) / (this.#parts.negotiated.served.alignmentMask + 1);
    return Math.min(MAX_DESCRIPTORS, blocks * this.#descriptorSize * this.#negotiated.length);
  }

  start(request: Request): void {
    const contexts = (request.flags & NBD_CMD_FLAG_PAYLOAD_LEN) === 0 ? this.#negotiated : this.#named;
    this.#report(request, contexts, 0, this.replySize(request));
  }

  #report(request: Request, contexts: readonly SelectedContext[], from: number, bytes: number): void {
    const { replies, deferral, rules } = this.#parts;
    const one = (request.flags & NBD_CMD_FLAG_REQ_ONE) !== 0;
    for (let index = from; index < contexts.length; index++) {
      const { id, extents } = contexts[index] as SelectedContext;
      const last = index === contexts.length - 1;
      const send = (waiting: Request, given: Iterable<NbdExtent>): boolean => {
        let found: StatusExtents;
        try {
          found = this.#found(waiting, given, one, contexts.length);
        } catch (error) {
          replies.failure(waiting, backendFailure(error, waiting));
          return false;
        }
        replies.status(waiting, id, found, last);
        return true;
      };
      try {
        const given = extents(offsetOf(request), lengthOf(request), { one });
        if (isPending(given)) {
          deferral.after(given, request, bytes, (waiting, settled) => {
            const refusal = rules.judgeAgain(waiting);
            if (refusal !== null) replies.failure(waiting, refusal);
            else if (send(waiting, settled)) this.#report(waiting, contexts, index + 1, bytes);
          });
          return;
        }
        if (!send(request, given)) return;
      } catch (error) {
        replies.failure(request, backendFailure(error, request));
        return;
      }
    }
  }

  #found(request: Request, given: Iterable<NbdExtent>, one: boolean, contexts: number): StatusExtents {
    const { served, extendedHeaders } = this.#parts.negotiated;
    const room = Math.min(MAX_DESCRIPTORS / contexts, served.maximum);
    return statusExtents(given, {
      requested: lengthOf(request),
      available: served.size - offsetOf(request),
      alignmentMask: served.alignmentMask,
      maxCount: Math.max(1, Math.floor(room / this.#descriptorSize)),
      maxLength: extendedHeaders ? Number.MAX_SAFE_INTEGER : MAX_COMPACT_LENGTH,
      maxStatus: extendedHeaders ? MAX_STATUS : MAX_COMPACT_STATUS,
      one,
    });
  }
}
