import {
  blockStatusPayloadSize,
  encodeBlockStatusPayload,
  type MetaContext,
  NbdUsageError,
  quotedName,
  StatusCoverage,
} from '@coaio/nbd-protocol';
import type { Negotiated } from '../negotiation/negotiate.js';
import type { ReplySink } from './reply-sink.js';

/** A stretch of the export and its status in one metadata context. */
export interface BlockStatusExtent {
  /** Bytes; the last one of a reply may reach past the end of the request. */
  length: number;
  /** For `base:allocation` NBD_STATE_HOLE and NBD_STATE_ZERO. A status of 64 bits is exact up to 2^53. */
  status: number;
}

/** Extents by the name of their metadata context, each list from the start of the request on. */
export type BlockStatus = ReadonlyMap<string, readonly BlockStatusExtent[]>;

/** Gathers the reply to one NBD_CMD_BLOCK_STATUS. */
export class StatusReply implements ReplySink {
  readonly extents = new Map<string, BlockStatusExtent[]>();
  readonly #names: readonly string[] | undefined;
  readonly #length: number;
  readonly #one: boolean;
  readonly #coverage = new StatusCoverage();
  #contexts: readonly MetaContext[] = [];
  #wanted: ReadonlySet<string> = new Set();
  #current: BlockStatusExtent[] | null = null;

  /** @param names contexts to report; absent: all that were negotiated */
  constructor(names: readonly string[] | undefined, length: number, one: boolean) {
    this.#names = names;
    this.#length = length;
    this.#one = one;
  }

  begin({ metaContexts, export: info }: Negotiated): Uint8Array | null {
    const names = this.#names ?? metaContexts.map(({ name }) => name);
    // Another server may have taken the place of the one that had some.
    if (metaContexts.length === 0) throw notOffered('the server has none of the metadata contexts any more');
    const wanted = names.map(
      (name) => metaContexts.find((context) => context.name === name) ?? missing(name),
    );
    // Without a payload that says so the server reports on all.
    const filtered = info.canBlockStatusPayload && wanted.length < metaContexts.length;
    this.#contexts = filtered ? wanted : metaContexts;
    this.#wanted = new Set(names);
    this.extents.clear();
    const ids = this.#contexts.map(({ id }) => id);
    this.#coverage.begin(ids, this.#length, this.#one);
    return filtered ? this.#payload(ids) : null;
  }

  beginStatus(contextId: number): void {
    this.#coverage.beginChunk(contextId);
    const context = this.#contexts.find(({ id }) => id === contextId);
    this.#current = null;
    if (context === undefined || !this.#wanted.has(context.name)) return;
    this.#current = [];
    this.extents.set(context.name, this.#current);
  }

  addExtent(lengthHigh: number, lengthLow: number, statusHigh: number, statusLow: number): void {
    this.#coverage.addExtent(lengthHigh, lengthLow);
    this.#current?.push({
      length: lengthHigh * 2 ** 32 + lengthLow,
      status: statusHigh * 2 ** 32 + statusLow,
    });
  }

  error(): void {
    this.#coverage.addError();
  }

  finish(): void {
    this.#coverage.finish();
  }

  /** What came, without the first `skipped` bytes of it. */
  from(skipped: number): BlockStatus {
    if (skipped > 0) for (const extents of this.extents.values()) dropFront(extents, skipped);
    return this.extents;
  }

  memoryFor(): Uint8Array {
    throw new Error('unreachable: block status brings no data');
  }

  data(): void {}

  hole(): void {}

  #payload(contextIds: readonly number[]): Uint8Array {
    const payload = new Uint8Array(blockStatusPayloadSize(contextIds.length));
    encodeBlockStatusPayload(new DataView(payload.buffer), 0, {
      lengthHigh: Math.floor(this.#length / 2 ** 32),
      lengthLow: this.#length >>> 0,
      contextIds,
    });
    return payload;
  }
}

export function notNegotiated(name: string): NbdUsageError {
  return notOffered(
    `metadata context ${quotedName(name)} was not negotiated: name it in the option metaContexts, if the server has it`,
  );
}

function missing(name: string): never {
  throw notNegotiated(name);
}

function notOffered(detail: string): NbdUsageError {
  return new NbdUsageError('NBD_NOT_OFFERED', 'blockStatus', detail);
}

function dropFront(extents: BlockStatusExtent[], count: number): void {
  let left = count;
  for (let first = extents[0]; first !== undefined && left > 0; first = extents[0]) {
    const dropped = Math.min(left, first.length);
    first.length -= dropped;
    left -= dropped;
    if (first.length === 0) extents.shift();
  }
}
