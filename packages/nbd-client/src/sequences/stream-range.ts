import { type ExportInfo, NbdUsageError } from '@coaio/nbd-protocol';
import { payloadPiece } from '../commands/pieces.js';
import { anything, boolean } from '../option-checks.js';
import { checkRequestOptions, type RequestOptions, withLimits } from '../requests/request-options.js';

/** Of a server on the same machine more brings no more bytes per second. */
const CHUNK_SIZE = 256 << 10;
export const MAX_CHUNK_SIZE = 64 << 20;
const IN_FLIGHT = 16;
const MAX_IN_FLIGHT = 1024;

const OF_STREAMS = withLimits({
  start: anything,
  end: anything,
  chunkSize: anything,
  inFlight: anything,
  fua: boolean,
  flush: boolean,
});

/** What the streams have in common. */
export interface StreamOptions extends RequestOptions {
  /** Offset of the first byte; default 0. */
  start?: number | bigint | undefined;
  /** Bytes of one request; default 256 KiB, and at most what the server takes. Requests start and end at multiples of it. */
  chunkSize?: number | undefined;
  /** Requests under way at once; default 16. What is in memory is at most so many times `chunkSize`, and one more. */
  inFlight?: number | undefined;
}

/** What part of an export a stream is about, and in what requests. */
export interface StreamRange {
  readonly start: bigint;
  readonly end: bigint;
  readonly chunkSize: number;
  readonly inFlight: number;
}

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`, `NBD_OUT_OF_BOUNDS`; the reason of a signal that has aborted. */
export function streamRange(
  operation: string,
  info: ExportInfo,
  options: StreamOptions,
  end: number | bigint = info.size,
): StreamRange {
  checkRequestOptions(operation, options, OF_STREAMS);
  // Not by `??`: null is no offset, and not the start of the disk.
  const { start = 0, chunkSize = CHUNK_SIZE, inFlight = IN_FLIGHT } = options;
  const piece = whole(operation, 'chunkSize', chunkSize, 1, MAX_CHUNK_SIZE);
  const range = {
    start: offset(operation, 'start', start),
    end: offset(operation, 'end', end),
    chunkSize: payloadPiece(info.blockSize, piece),
    inFlight: whole(operation, 'inFlight', inFlight, 1, MAX_IN_FLIGHT),
  };
  if (range.start <= range.end && range.end <= info.size) return range;
  const detail = `${range.start} to ${range.end} is not within the export of ${info.size} bytes`;
  throw new NbdUsageError('NBD_OUT_OF_BOUNDS', operation, detail);
}

/** The next multiple of `chunkSize` after `at`. */
export function chunkEnd({ chunkSize }: StreamRange, at: bigint): bigint {
  const size = BigInt(chunkSize);
  return at - (at % size) + size;
}

/** A stream cannot fail with just anything. */
export function abortError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('the stream was aborted', { cause: reason });
}

function offset(operation: string, name: string, value: number | bigint): bigint {
  if (typeof value === 'bigint' ? value >= 0n : Number.isSafeInteger(value) && value >= 0)
    return BigInt(value);
  const detail = `${name} ${value} is not a safe integer or bigint from 0 on`;
  throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`. */
export function whole(operation: string, name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const detail = `${name} ${value} is not an integer from ${least} to ${most}`;
  throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}
