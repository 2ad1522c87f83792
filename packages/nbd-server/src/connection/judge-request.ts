import {
  commandName,
  NBD_CMD_FLAG_DF,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NBD_EINVAL,
  NBD_ENOSPC,
  NBD_EOVERFLOW,
  NBD_EPERM,
  type RequestHeader,
} from '@coaio/nbd-protocol';
import type { ServedExport } from '../exports/served-export.js';

/** Why a request gets an error instead of reaching the backend. */
export interface Refusal {
  /** NBD_E* */
  readonly error: number;
  readonly text: string;
}

/** Exact up to 2^53; beyond, still larger than any export. */
export function offsetOf(request: RequestHeader): number {
  return request.offsetHigh * 2 ** 32 + request.offsetLow;
}

/** The specification's rules for a request, NBD_CMD_DISC apart. @returns null for one that may reach the backend. */
export function judgeRequest(
  request: RequestHeader,
  served: ServedExport,
  structuredReplies: boolean,
): Refusal | null {
  const { type, flags } = request;
  // proto.md: MUST be accepted on every command, by ignoring it where there is nothing to persist.
  let allowed = NBD_CMD_FLAG_FUA;
  if (type === NBD_CMD_READ && structuredReplies) allowed |= NBD_CMD_FLAG_DF;
  if ((flags & ~allowed) !== 0) return invalid(request, `flags 0x${flags.toString(16)} are not supported`);
  switch (type) {
    case NBD_CMD_READ:
      return judgeRead(request, served, structuredReplies);
    case NBD_CMD_WRITE:
      return judgeWrite(request, served);
    case NBD_CMD_FLUSH:
      if (request.length === 0 && offsetOf(request) === 0) return null;
      return invalid(request, 'offset and length are reserved and must be 0');
    default:
      return invalid(request, 'not supported');
  }
}

function judgeRead(request: RequestHeader, served: ServedExport, structuredReplies: boolean): Refusal | null {
  const { length } = request;
  if (offsetOf(request) + length > served.size) return invalid(request, outside(request, served));
  if (length > served.maximum) {
    // proto.md allows EOVERFLOW only where NBD_CMD_FLAG_DF is supported.
    return { error: structuredReplies ? NBD_EOVERFLOW : NBD_EINVAL, text: tooLong(request, served) };
  }
  return judgeAlignment(request, served);
}

function judgeWrite(request: RequestHeader, served: ServedExport): Refusal | null {
  if (served.readOnly) return { error: NBD_EPERM, text: 'NBD_CMD_WRITE: the export is read-only' };
  if (offsetOf(request) + request.length > served.size) {
    return { error: NBD_ENOSPC, text: `NBD_CMD_WRITE: ${outside(request, served)}` };
  }
  if (request.length > served.maximum) return { error: NBD_EINVAL, text: tooLong(request, served) };
  return judgeAlignment(request, served);
}

function judgeAlignment(request: RequestHeader, served: ServedExport): Refusal | null {
  if (((request.offsetLow | request.length) & served.alignmentMask) === 0) return null;
  const text = `${request.length} bytes at ${offsetOf(request)} are not aligned to ${served.alignmentMask + 1}`;
  return invalid(request, text);
}

function invalid(request: RequestHeader, detail: string): Refusal {
  return { error: NBD_EINVAL, text: `${commandName(request.type)}: ${detail}` };
}

function outside(request: RequestHeader, served: ServedExport): string {
  return `${request.length} bytes at ${offsetOf(request)} exceed the export of ${served.size} bytes`;
}

function tooLong(request: RequestHeader, served: ServedExport): string {
  return `${commandName(request.type)}: ${request.length} bytes exceed the maximum payload of ${served.maximum}`;
}
