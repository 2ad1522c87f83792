import { type ExportInfo, NbdUsageError } from '@coaio/nbd-protocol';
import type { BlockStatusOptions } from '../commands/command-options.js';
import { anything, strings } from '../option-checks.js';
import { checkRequestOptions, type RequestOptions, withLimits } from '../requests/request-options.js';
import type { BlockStatus } from '../requests/status-reply.js';
import { type Extent, extentWith, inStep, isSameStatus, reachOf } from './extent.js';
import { StopSignal } from './stop-signal.js';

const OF_EXTENTS = withLimits({ offset: anything, length: anything, contexts: strings });

export interface ExtentsOptions extends RequestOptions {
  /** Default 0. */
  offset?: number | bigint | undefined;
  /** Default: up to the end of the export. */
  length?: number | bigint | undefined;
  /** Names of metadata contexts; default: all that were negotiated. */
  contexts?: readonly string[] | undefined;
}

/** What extents are asked of. */
export interface StatusSource {
  readonly info: ExportInfo;
  readonly metaContexts: readonly string[];
  blockStatus(
    offset: number | bigint,
    length: number | bigint,
    options?: BlockStatusOptions,
  ): Promise<BlockStatus>;
}

interface Page {
  readonly status: BlockStatus;
  readonly start: number;
  readonly end: number;
}

/** See `NbdClient.extents`. */
export async function* extentsOf(
  source: StatusSource,
  options: ExtentsOptions = {},
): AsyncGenerator<Extent, void, undefined> {
  checkRequestOptions('extents', options, OF_EXTENTS);
  const { contexts, timeoutMs } = options;
  const { start, end } = rangeOf(source.info, options);
  if ((contexts ?? source.metaContexts).length === 0) {
    if (end > start) yield extentWith(start, end - start, new Map());
    return;
  }
  const stop = new StopSignal(options.signal);
  const { signal } = stop;
  const ask = (from: number): Promise<Page> => {
    const answer = source.blockStatus(from, end - from, { contexts, timeoutMs, signal });
    const page = answer.then((status) => ({
      status,
      start: from,
      end: Math.min(reachOf(from, status), end),
    }));
    // It is looked at when the page before is used up, if ever.
    page.catch(() => {});
    return page;
  };
  let last: Extent | null = null;
  try {
    let next = end > start ? ask(start) : null;
    while (next !== null) {
      const page: Page = await next;
      next = page.end < end ? ask(page.end) : null;
      for (const extent of inStep(page.start, page.end, page.status)) {
        if (last !== null && isSameStatus(last, extent))
          last = extentWith(last.offset, last.length + extent.length, last.status);
        else {
          if (last !== null) yield last;
          signal.throwIfAborted();
          last = extent;
        }
      }
    }
    if (last !== null) yield last;
  } finally {
    stop.end();
  }
}

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`, `NBD_OUT_OF_BOUNDS`, `NBD_TOO_LARGE`. */
function rangeOf(info: ExportInfo, options: ExtentsOptions): { start: number; end: number } {
  // Not by `??`: null is no offset, and not the start of the disk.
  const { offset = 0, length } = options;
  const from = whole('offset', offset);
  const to = length === undefined ? info.size : from + whole('length', length);
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (to > info.size || from > to) {
    const detail = `${from} to ${to} is not within the export of ${info.size} bytes`;
    throw new NbdUsageError('NBD_OUT_OF_BOUNDS', 'extents', detail);
  }
  if (to > limit) {
    const detail = `the range from ${from} to ${to} goes past ${limit}, from where on numbers are not exact: give a length`;
    throw new NbdUsageError('NBD_TOO_LARGE', 'extents', detail);
  }
  return { start: Number(from), end: Number(to) };
}

function whole(name: string, value: number | bigint): bigint {
  if (typeof value === 'bigint' ? value >= 0n : Number.isSafeInteger(value) && value >= 0)
    return BigInt(value);
  const detail = `${name} ${value} is not a safe integer or bigint from 0 on`;
  throw new NbdUsageError('NBD_BAD_ARGUMENT', 'extents', detail);
}
