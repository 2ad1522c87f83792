import { CoRwlock } from '@coaio/co-mutex';
import type { Co } from '@coaio/coroutine';
import { type ExportInfo, NBD_CMD_READ, NBD_CMD_WRITE, NBD_CMD_WRITE_ZEROES } from '@coaio/nbd-protocol';
import type { RequestLimits } from '../requests/request-options.js';
import { limitWait, type RequestTiming, type UnsentRequest } from '../requests/wait-limit.js';
import { narrowed, widened } from './alignment.js';
import type { RequestCarrier } from './request-carrier.js';
import { UnderWay } from './under-way.js';

const UNSENT = 'not sent, a block is being modified';

/** What an unaligned range is to hold: those bytes, or zeroes. */
export interface Modification {
  readonly offset: number | bigint;
  readonly length: number;
  /** Null: zeroes. */
  readonly data: Uint8Array | null;
}

/**
 * Writes of less than a block: the block is read, changed, and written. Meanwhile no other write of this client may touch
 * it, so those take the lock too, side by side. Another client's may be undone: NBD has no lock.
 */
export class ReadModifyWrite {
  readonly #carrier: RequestCarrier;
  readonly #timing: RequestTiming;
  readonly #lock = new CoRwlock('read-modify-write');
  /** Blocks that were given up, and the server may still write: they hold bytes that were not to be written, and would undo who writes those before. */
  readonly #late = new UnderWay('late writes');
  /** Those that hold the lock alone, or wait for that. */
  #modifiers = 0;

  constructor(carrier: RequestCarrier, timing: RequestTiming) {
    this.#carrier = carrier;
    this.#timing = timing;
  }

  /** Does `write`, which is aligned, and what `request` says, while no block is being modified. */
  beside(request: UnsentRequest, write: () => Co<void>): Co<void> {
    return this.#locked('rdlock', request, write);
  }

  /** @param inside writes the whole blocks of the range, which are `at` bytes into it. */
  write(
    what: Modification,
    flags: number,
    limits: RequestLimits | undefined,
    inside: (start: bigint, at: number, length: number) => Co<void>,
  ): Co<void> {
    return this.#locked('wrlock', unsent(what, limits), () => this.#write(what, flags, limits, inside));
  }

  /** Within the limits of `request`, however long the others take. */
  *#locked(how: 'rdlock' | 'wrlock', request: UnsentRequest, body: () => Co<void>): Co<void> {
    const isAlone = how === 'wrlock';
    if (isAlone) this.#modifiers++;
    // To limit a wait costs as much as a request: an aligned write does so where it may have to wait.
    const waiting =
      this.#modifiers === 0 && this.#late.isNone ? null : limitWait(request, this.#timing, UNSENT);
    try {
      yield* this.#lock[how](waiting ?? undefined);
      try {
        yield* this.#late.ended(waiting?.signal);
        waiting?.end();
        yield* body();
      } finally {
        this.#lock.unlock();
      }
    } finally {
      waiting?.end();
      if (isAlone) this.#modifiers--;
    }
  }

  *#write(
    what: Modification,
    flags: number,
    limits: RequestLimits | undefined,
    inside: (start: bigint, at: number, length: number) => Co<void>,
  ): Co<void> {
    const info = this.#carrier.negotiated.export;
    const from = BigInt(what.offset);
    const to = from + BigInt(what.length);
    const whole = narrowed(info, what.offset, what.length);
    const block = BigInt(info.blockSize.minimum);
    const first = from - (from % block);
    const last = to - (to % block);
    if (first < from) yield* this.#modify(first, info, what, flags, limits);
    if (whole.length > 0) yield* inside(whole.start, Number(whole.start - from), whole.length);
    const tailIsCut = last < to && to !== info.size;
    if (tailIsCut && (last !== first || first === from)) yield* this.#modify(last, info, what, flags, limits);
  }

  *#modify(
    start: bigint,
    info: ExportInfo,
    { offset, length, data }: Modification,
    flags: number,
    limits: RequestLimits | undefined,
  ): Co<void> {
    const reach = Math.min(Number(BigInt(offset) - start) + length, info.blockSize.minimum);
    const { length: size } = widened(info, start, reach);
    const block = new Uint8Array(size);
    yield* this.#carrier.request(NBD_CMD_READ, 0, start, size, block, limits);
    // Of the range, what lies in this block.
    const from = Number(BigInt(offset) - start);
    const begin = Math.max(from, 0);
    const end = Math.min(from + length, size);
    if (data === null) block.fill(0, begin, end);
    else block.set(data.subarray(begin - from, end - from), begin);
    const late = this.#late;
    yield* this.#carrier.request(NBD_CMD_WRITE, flags, start, size, block, { ...limits, late });
  }
}

export function unsent({ offset, length, data }: Modification, limits: RequestLimits = {}): UnsentRequest {
  return { type: data === null ? NBD_CMD_WRITE_ZEROES : NBD_CMD_WRITE, offset, length, limits };
}
