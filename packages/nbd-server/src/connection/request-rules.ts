import {
  commandName,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLAG_DF,
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLAG_NO_HOLE,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
  NBD_EINVAL,
  NBD_ENOSPC,
  NBD_EOVERFLOW,
  NBD_EPERM,
} from '@coaio/nbd-protocol';
import type { Negotiated } from './negotiation.js';
import type { Refusal } from './refusal.js';
import { lengthOf, offsetOf, type Request } from './request.js';

/** The specification's rules for the requests of one connection, NBD_CMD_DISC apart. */
export class RequestRules {
  readonly #forms: Negotiated;
  /** By command. */
  readonly #allowedFlags: readonly number[];

  constructor(forms: Negotiated) {
    this.#forms = forms;
    this.#allowedFlags = allowedFlags(forms);
  }

  /**
   * Judges all but the range of an NBD_CMD_BLOCK_STATUS whose payload says it, see {@link judgeStatus}.
   * @returns null for a request that may reach the backend.
   */
  judge(request: Request): Refusal | null {
    const { type, flags } = request;
    const allowed = this.#allowedFlags[type];
    if (allowed === undefined) return invalid(request, 'not supported');
    if ((flags & ~allowed) !== 0) return invalid(request, `flags 0x${flags.toString(16)} are not supported`);
    if (type === NBD_CMD_READ) return this.#judgeRead(request);
    if (type === NBD_CMD_WRITE) return this.#judgeWrite(request);
    return this.#judgeOther(request);
  }

  /** For one that has waited: the export may have another size by now. */
  judgeAgain(request: Request): Refusal | null {
    return request.type === NBD_CMD_BLOCK_STATUS ? this.judgeStatus(request) : this.judge(request);
  }

  /** Whether what a request is about lies within the export, at the edges of its blocks. */
  #judgeRange(request: Request, errorPastEnd = NBD_EINVAL): Refusal | null {
    const { served } = this.#forms;
    const length = lengthOf(request);
    if (offsetOf(request) + length > served.size) {
      const text = `${length} bytes at ${offsetOf(request)} exceed the export of ${served.size} bytes`;
      return { error: errorPastEnd, text: `${commandName(request.type)}: ${text}` };
    }
    if (((request.offsetLow | request.length) & served.alignmentMask) === 0) return null;
    const text = `${length} bytes at ${offsetOf(request)} are not aligned to ${served.alignmentMask + 1}`;
    return invalid(request, text);
  }

  #judgeRead(request: Request): Refusal | null {
    const { served, structuredReplies } = this.#forms;
    const refusal = this.#judgeRange(request);
    if (refusal !== null || lengthOf(request) <= served.maximum) return refusal;
    // proto.md allows EOVERFLOW only where NBD_CMD_FLAG_DF is supported.
    return { error: structuredReplies ? NBD_EOVERFLOW : NBD_EINVAL, text: tooLong(request, served.maximum) };
  }

  #judgeWrite(request: Request): Refusal | null {
    const { served, extendedHeaders } = this.#forms;
    if (extendedHeaders && (request.flags & NBD_CMD_FLAG_PAYLOAD_LEN) === 0) {
      return invalid(request, 'needs NBD_CMD_FLAG_PAYLOAD_LEN');
    }
    if (served.readOnly) return readOnly(request);
    const refusal = this.#judgeRange(request, NBD_ENOSPC);
    if (refusal !== null || request.length <= served.maximum) return refusal;
    return { error: NBD_EINVAL, text: tooLong(request, served.maximum) };
  }

  #judgeOther(request: Request): Refusal | null {
    const { served, metaContexts } = this.#forms;
    const { backend } = served;
    switch (request.type) {
      case NBD_CMD_FLUSH:
        if (lengthOf(request) === 0 && offsetOf(request) === 0) return null;
        return invalid(request, 'offset and length are reserved and must be 0');
      case NBD_CMD_TRIM:
        if (served.readOnly) return readOnly(request);
        return backend.trim === undefined ? invalid(request, 'not supported') : this.#judgeRange(request);
      case NBD_CMD_WRITE_ZEROES:
        if (served.readOnly) return readOnly(request);
        if (backend.writeZeroes === undefined) return invalid(request, 'not supported');
        return this.#judgeRange(request, NBD_ENOSPC);
      case NBD_CMD_CACHE:
        return backend.cache === undefined ? invalid(request, 'not supported') : this.#judgeRange(request);
      default:
        if (metaContexts.length === 0) return invalid(request, 'no metadata context was negotiated');
        if ((request.flags & NBD_CMD_FLAG_PAYLOAD_LEN) !== 0) return null;
        return this.judgeStatus(request);
    }
  }

  /** The range of an NBD_CMD_BLOCK_STATUS. */
  judgeStatus(request: Request): Refusal | null {
    // At least one descriptor, of at least one byte, would have to be sent.
    if (lengthOf(request) === 0) return invalid(request, 'asks about 0 bytes');
    return this.#judgeRange(request);
  }
}

function allowedFlags({ served, structuredReplies, extendedHeaders, metaContexts }: Negotiated): number[] {
  // proto.md: MUST be accepted on every command, by ignoring it where there is nothing to persist.
  const fua = NBD_CMD_FLAG_FUA;
  const payload = extendedHeaders ? NBD_CMD_FLAG_PAYLOAD_LEN : 0;
  const fast = served.info.canFastZero ? NBD_CMD_FLAG_FAST_ZERO : 0;
  const allowed: number[] = [];
  allowed[NBD_CMD_READ] = fua | (structuredReplies ? NBD_CMD_FLAG_DF : 0);
  allowed[NBD_CMD_WRITE] = fua | payload;
  allowed[NBD_CMD_FLUSH] = fua;
  allowed[NBD_CMD_TRIM] = fua;
  allowed[NBD_CMD_CACHE] = fua;
  allowed[NBD_CMD_WRITE_ZEROES] = fua | NBD_CMD_FLAG_NO_HOLE | fast;
  allowed[NBD_CMD_BLOCK_STATUS] = fua | NBD_CMD_FLAG_REQ_ONE | (metaContexts.length > 0 ? payload : 0);
  return allowed;
}

function invalid(request: Request, detail: string): Refusal {
  return { error: NBD_EINVAL, text: `${commandName(request.type)}: ${detail}` };
}

function readOnly(request: Request): Refusal {
  return { error: NBD_EPERM, text: `${commandName(request.type)}: the export is read-only` };
}

function tooLong(request: Request, maximum: number): string {
  return `${commandName(request.type)}: ${lengthOf(request)} bytes exceed the maximum payload of ${maximum}`;
}
