import type { Clock } from '@coaio/aio-context';
import type { Co } from '@coaio/coroutine';
import {
  type ExportInfo,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLAG_NO_HOLE,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import type { NbdOperation } from '../nbd-client-error.js';
import { checkRequestOptions, type RequestOptions } from '../requests/request-options.js';
import { type BlockStatus, notNegotiated, StatusReply } from '../requests/status-reply.js';
import { limitsTogether, type RequestTiming } from '../requests/wait-limit.js';
import { narrowed, widened } from './alignment.js';
import { atOnce } from './at-once.js';
import { bufferOf } from './buffer-of.js';
import type { BlockStatusOptions, WriteOptions, WriteZeroesOptions } from './command-options.js';
import { multipleOf, type Piece, payloadPiece, piecesOf } from './pieces.js';
import { ReadModifyWrite, unsent } from './read-modify-write.js';
import type { RequestCarrier } from './request-carrier.js';
import { assertBytes, RequestValidator, type StrictOptions } from './validate-request.js';

/** Without a payload a request may be longer than the maximum. Some servers choke on 2 GiB and more. */
const EFFECT_PIECE = 1 << 30;
/** Of a server that states no limits: nbd-server zeroes no more than 64 MiB of a longer request, and reports success. */
const CAUTIOUS_EFFECT_PIECE = 32 << 20;
/** More the header cannot say. */
const MAX_PAYLOAD = 0xffffffff;

/** How a client does its commands. */
export interface CommandRules extends RequestTiming {
  readonly strict: StrictOptions | undefined;
  readonly readModifyWrite: boolean;
}

/**
 * The commands of a client for use inside coroutines, with `yield*`: no promise and no microtask on the way.
 * See {@link NbdClient} for what they do.
 */
export class CoNbdClient {
  readonly #carrier: RequestCarrier;
  readonly #validator: RequestValidator;
  readonly #modifier: ReadModifyWrite | null;
  readonly #clock: Clock;

  /** @internal */
  constructor(carrier: RequestCarrier, rules: CommandRules) {
    this.#carrier = carrier;
    this.#clock = rules.clock;
    this.#validator = new RequestValidator(() => carrier.negotiated.export, rules.strict);
    this.#modifier = rules.readModifyWrite ? new ReadModifyWrite(carrier, rules) : null;
  }

  get info(): ExportInfo {
    return this.#carrier.negotiated.export;
  }

  *read(offset: number | bigint, length: number | bigint, options?: RequestOptions): Co<Buffer> {
    const count = asNumber(length);
    this.#check('read', offset, count, options);
    const buffer = bufferOf(count);
    if (count > 0) yield* this.#read(offset, buffer, options);
    return buffer;
  }

  // These are no generators themselves: each level of `yield*` costs a request an object and 8 ns.

  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Co<void> {
    assertBytes('read', target);
    this.#check('read', offset, target.length, options);
    return target.length === 0 ? nothing() : this.#read(offset, target, options);
  }

  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Co<void> {
    assertBytes('write', data);
    this.#check('write', offset, data.length, options);
    const flags = this.#fua('write', options);
    if (data.length === 0) return nothing();
    if (this.#modifier === null && this.#fits(offset, data.length))
      return this.#carrier.request(NBD_CMD_WRITE, flags, offset, data.length, data, options);
    const limits = limitsTogether(options, this.#clock);
    return this.#modifying({ offset, length: data.length, data }, flags, limits, (start, at, length) =>
      this.#inPieces(start, length, this.#pieceSize, (piece) => {
        const bytes = data.subarray(at + piece.at, at + piece.at + piece.length);
        return this.#carrier.request(NBD_CMD_WRITE, flags, piece.offset, piece.length, bytes, limits);
      }),
    );
  }

  flush(options?: RequestOptions): Co<void> {
    this.#check('flush', 0, 0, options);
    return this.#carrier.flush(options);
  }

  trim(offset: number | bigint, length: number | bigint, options?: WriteOptions): Co<void> {
    const count = asNumber(length);
    this.#check('trim', offset, count, options);
    const flags = this.#fua('trim', options);
    // A hint: of a block that is not all in the range nothing is to be lost.
    const whole = this.#isAligned(offset, count)
      ? { start: offset, length: count }
      : narrowed(this.info, offset, count);
    if (whole.length === 0) return nothing();
    const limits = limitsTogether(options, this.#clock);
    const trimmed = (): Co<void> => this.#effect(NBD_CMD_TRIM, flags, whole.start, whole.length, limits);
    if (this.#modifier === null) return trimmed();
    const request = { type: NBD_CMD_TRIM, offset, length: count, limits: limits ?? {} };
    return this.#whole(this.#modifier.beside(request, trimmed));
  }

  writeZeroes(offset: number | bigint, length: number | bigint, options?: WriteZeroesOptions): Co<void> {
    const count = asNumber(length);
    this.#check('writeZeroes', offset, count, options);
    let flags = this.#fua('writeZeroes', options);
    if (options?.fast === true) {
      this.#validator.checkFastZero();
      flags |= NBD_CMD_FLAG_FAST_ZERO;
    }
    if (options?.noHole === true) flags |= NBD_CMD_FLAG_NO_HOLE;
    if (count === 0) return nothing();
    const limits = limitsTogether(options, this.#clock);
    const zeroed = (start: number | bigint, size: number): Co<void> =>
      this.#effect(NBD_CMD_WRITE_ZEROES, flags, start, size, limits);
    if (this.#modifier === null && this.#isAligned(offset, count)) return zeroed(offset, count);
    const range = { offset, length: count, data: null };
    return this.#modifying(range, flags & NBD_CMD_FLAG_FUA, limits, (start, _at, size) =>
      zeroed(start, size),
    );
  }

  cache(offset: number | bigint, length: number | bigint, options?: RequestOptions): Co<void> {
    const count = asNumber(length);
    this.#check('cache', offset, count, options);
    if (count === 0) return nothing();
    if (this.#isAligned(offset, count)) return this.#effect(NBD_CMD_CACHE, 0, offset, count, options);
    const wide = widened(this.info, offset, count);
    return this.#effect(NBD_CMD_CACHE, 0, wide.start, wide.length, options);
  }

  *blockStatus(
    offset: number | bigint,
    length: number | bigint,
    options?: BlockStatusOptions,
  ): Co<BlockStatus> {
    const count = asNumber(length);
    this.#check('blockStatus', offset, count, options);
    const { metaContexts, extendedHeaders } = this.#carrier.negotiated;
    if (metaContexts.length === 0) {
      const [named] = options?.contexts ?? [];
      if (named !== undefined) throw notNegotiated(named);
      throw new NbdUsageError(
        'NBD_NOT_OFFERED',
        'blockStatus',
        'the server has none of the metadata contexts asked for',
      );
    }
    if (count === 0) return new Map();
    const one = options?.one === true;
    const wide = this.#isAligned(offset, count)
      ? { start: offset, length: count }
      : widened(this.info, offset, count);
    // It may say less than what it is asked for anyway.
    const limit = extendedHeaders ? Number.MAX_SAFE_INTEGER : 2 ** 32 - this.info.blockSize.minimum;
    const asked = Math.min(wide.length, limit);
    const reply = new StatusReply(options?.contexts, asked, one);
    const flags = one ? NBD_CMD_FLAG_REQ_ONE : 0;
    yield* this.#carrier.request(NBD_CMD_BLOCK_STATUS, flags, wide.start, asked, null, options, reply);
    return reply.from(Number(BigInt(offset) - BigInt(wide.start)));
  }

  #read(offset: number | bigint, target: Uint8Array, options: RequestOptions | undefined): Co<void> {
    const { length } = target;
    if (this.#fits(offset, length))
      return this.#carrier.request(NBD_CMD_READ, 0, offset, length, target, options);
    if (!this.#isAligned(offset, length)) return this.#readWidened(offset, target, options);
    const limits = limitsTogether(options, this.#clock);
    return this.#inPieces(offset, length, this.#pieceSize, (piece) => {
      const part = target.subarray(piece.at, piece.at + piece.length);
      return this.#carrier.request(NBD_CMD_READ, 0, piece.offset, piece.length, part, limits);
    });
  }

  *#readWidened(offset: number | bigint, target: Uint8Array, options: RequestOptions | undefined): Co<void> {
    const wide = widened(this.info, offset, target.length);
    const blocks = new Uint8Array(wide.length);
    yield* this.#read(wide.start, blocks, options);
    const start = Number(BigInt(offset) - wide.start);
    target.set(blocks.subarray(start, start + target.length));
  }

  /** Does to the whole blocks of a range what `inside` does, and to cut ones what is left: if it may. */
  #modifying(
    what: { offset: number | bigint; length: number; data: Uint8Array | null },
    flags: number,
    options: RequestOptions | undefined,
    inside: (start: number | bigint, at: number, length: number) => Co<void>,
  ): Co<void> {
    const aligned = this.#isAligned(what.offset, what.length);
    if (this.#modifier === null) {
      if (aligned) return inside(what.offset, 0, what.length);
      this.#validator.refuseUnaligned(what.data === null ? 'writeZeroes' : 'write', what.offset, what.length);
    }
    if (aligned) {
      const { offset, length } = what;
      return this.#whole(this.#modifier.beside(unsent(what, options), () => inside(offset, 0, length)));
    }
    return this.#whole(this.#modifier.write(what, flags, options, inside));
  }

  /** A command without a payload. */
  #effect(
    type: number,
    flags: number,
    offset: number | bigint,
    length: number,
    options: RequestOptions | undefined,
  ): Co<void> {
    const { extendedHeaders, export: info } = this.#carrier.negotiated;
    // It reads what it is about: qemu-nbd refuses more than its maximum, also with extended headers.
    const reads = type === NBD_CMD_CACHE && this.#validator.strict.payload;
    if (extendedHeaders && !reads) return this.#carrier.request(type, flags, offset, length, null, options);
    const size = info.blockSize.advertised ? EFFECT_PIECE : CAUTIOUS_EFFECT_PIECE;
    const limits = limitsTogether(options, this.#clock);
    const most = reads ? payloadPiece(info.blockSize, size) : multipleOf(info.blockSize, size);
    return this.#inPieces(offset, length, most, (piece) =>
      this.#carrier.request(type, flags, piece.offset, piece.length, null, limits),
    );
  }

  #inPieces(
    offset: number | bigint,
    length: number,
    size: number,
    each: (piece: Piece) => Co<void>,
  ): Co<void> {
    if (length <= size) return each({ offset, at: 0, length });
    return this.#whole(atOnce(piecesOf(offset, length, size), each));
  }

  /** A command of several requests: once it has begun the client is not closed before all of them are done. */
  *#whole(command: Co<void>): Co<void> {
    const { underWay } = this.#carrier;
    underWay.begin();
    try {
      yield* command;
    } finally {
      underWay.end();
    }
  }

  get #pieceSize(): number {
    return this.#validator.strict.payload ? payloadPiece(this.info.blockSize) : MAX_PAYLOAD;
  }

  /** Whether one request will do. */
  #fits(offset: number | bigint, length: number): boolean {
    const maximum = this.#validator.strict.payload ? this.info.blockSize.maximum : MAX_PAYLOAD;
    return length <= maximum && this.#isAligned(offset, length);
  }

  #isAligned(offset: number | bigint, length: number): boolean {
    return this.#validator.isAligned(offset, length);
  }

  #check(
    operation: NbdOperation,
    offset: number | bigint,
    length: number,
    options: RequestOptions | undefined,
  ): void {
    this.#validator.check(operation, offset, length);
    if (options !== undefined) checkRequestOptions(operation, options);
    this.#carrier.assertOpen(operation, offset, length);
  }

  #fua(operation: NbdOperation, options: WriteOptions | undefined): number {
    if (options?.fua !== true) return 0;
    this.#validator.checkFua(operation);
    return NBD_CMD_FLAG_FUA;
  }
}

/** The specification leaves requests of no bytes undefined, so they are not sent. */
function* nothing(): Co<void> {}

/** One that is no safe integer is refused where the others are. */
export function asNumber(length: number | bigint): number {
  return typeof length === 'bigint' ? Number(length) : length;
}
