import {
  NBD_FLAG_BLOCK_STATUS_PAYLOAD,
  NBD_FLAG_CAN_MULTI_CONN,
  NBD_FLAG_HAS_FLAGS,
  NBD_FLAG_READ_ONLY,
  NBD_FLAG_ROTATIONAL,
  NBD_FLAG_SEND_CACHE,
  NBD_FLAG_SEND_DF,
  NBD_FLAG_SEND_FAST_ZERO,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_FUA,
  NBD_FLAG_SEND_RESIZE,
  NBD_FLAG_SEND_TRIM,
  NBD_FLAG_SEND_WRITE_ZEROES,
} from '../constants/transmission-flags.js';
import { NbdUsageError } from '../errors/usage-error.js';
import { type BlockSize, blockSizeViolation, DEFAULT_BLOCK_SIZE } from './block-size.js';

/** What both sides agreed about an export. Frozen. */
export interface ExportInfo {
  readonly name: string;
  /** For people to read. */
  readonly description?: string;
  /** Bytes. */
  readonly size: bigint;
  /** Transmission flags as on the wire (NBD_FLAG_*), unknown ones included. */
  readonly flags: number;
  readonly readOnly: boolean;
  readonly canFlush: boolean;
  readonly canFua: boolean;
  readonly rotational: boolean;
  readonly canTrim: boolean;
  readonly canWriteZeroes: boolean;
  readonly canDf: boolean;
  readonly canMultiConn: boolean;
  readonly canCache: boolean;
  readonly canFastZero: boolean;
  /** Experimental: NBD_CMD_RESIZE. */
  readonly canResize: boolean;
  /** Experimental: NBD_CMD_BLOCK_STATUS may name the contexts that it is about. Needs extended headers. */
  readonly canBlockStatusPayload: boolean;
  /** `advertised`: the server sent NBD_INFO_BLOCK_SIZE; else these are the specification's defaults. */
  readonly blockSize: BlockSize & { readonly advertised: boolean };
}

/** An entry of NBD_OPT_LIST. */
export interface ExportListing {
  readonly name: string;
  readonly description?: string;
}

export interface ExportFacts {
  readonly name: string;
  readonly description?: string | undefined;
  /** Bytes, 0 to 2^64 - 1. */
  readonly size: bigint;
  /** NBD_FLAG_*; NBD_FLAG_HAS_FLAGS is added. */
  readonly flags: number;
  /** Constraints that the server advertises; absent: the defaults. */
  readonly blockSize?: BlockSize | undefined;
}

/**
 * Spells out the transmission flags of an export, for a client that received them and a server that sends them.
 * @throws NbdUsageError size, flags or block sizes that the wire or the specification does not allow
 */
export function exportInfoFromFlags(facts: ExportFacts): ExportInfo {
  const { name, description, size, blockSize } = facts;
  if (size < 0n || size > 0xffffffffffffffffn) throw unusable(`size ${size} does not fit 64 bits`);
  if (!Number.isInteger(facts.flags) || facts.flags < 0 || facts.flags > 0xffff) {
    throw unusable(`transmission flags ${facts.flags} do not fit 16 bits`);
  }
  const violation = blockSize === undefined ? undefined : blockSizeViolation(blockSize);
  if (violation !== undefined) throw unusable(violation);

  const flags = facts.flags | NBD_FLAG_HAS_FLAGS;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return Object.freeze({
    name,
    ...(description === undefined ? {} : { description }),
    size,
    flags,
    readOnly: has(NBD_FLAG_READ_ONLY),
    canFlush: has(NBD_FLAG_SEND_FLUSH),
    canFua: has(NBD_FLAG_SEND_FUA),
    rotational: has(NBD_FLAG_ROTATIONAL),
    canTrim: has(NBD_FLAG_SEND_TRIM),
    canWriteZeroes: has(NBD_FLAG_SEND_WRITE_ZEROES),
    canDf: has(NBD_FLAG_SEND_DF),
    canMultiConn: has(NBD_FLAG_CAN_MULTI_CONN),
    canCache: has(NBD_FLAG_SEND_CACHE),
    // proto.md: MUST be clear without SEND_WRITE_ZEROES, the only command it speaks about.
    canFastZero: has(NBD_FLAG_SEND_FAST_ZERO) && has(NBD_FLAG_SEND_WRITE_ZEROES),
    canResize: has(NBD_FLAG_SEND_RESIZE),
    canBlockStatusPayload: has(NBD_FLAG_BLOCK_STATUS_PAYLOAD),
    blockSize: frozenBlockSize(blockSize),
  });
}

function unusable(detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', 'export', detail);
}

function frozenBlockSize(blockSize: BlockSize | undefined): ExportInfo['blockSize'] {
  const { minimum, preferred, maximum } = blockSize ?? DEFAULT_BLOCK_SIZE;
  return Object.freeze({ minimum, preferred, maximum, advertised: blockSize !== undefined });
}

/** What was negotiated before the export was chosen, as far as its flags depend on it. */
export interface NegotiatedForms {
  /** Replies come in chunks, structured or extended. */
  readonly structuredReplies: boolean;
  readonly extendedHeaders: boolean;
}

/** `flags` without those that proto.md forbids for what was negotiated; servers exist that set them regardless. */
export function flagsFor(flags: number, { structuredReplies, extendedHeaders }: NegotiatedForms): number {
  let allowed = flags;
  if (!structuredReplies) allowed &= ~NBD_FLAG_SEND_DF;
  if (!extendedHeaders) allowed &= ~NBD_FLAG_BLOCK_STATUS_PAYLOAD;
  return allowed;
}
