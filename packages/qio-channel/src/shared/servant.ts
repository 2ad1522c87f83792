import { getCurrentAioContext, getIohandlerAioContext } from '@coaio/aio-context';
import { joinThreads, wakeCell } from '@coaio/aio-context/shared';
import { aioCoEnter, aioCoKick, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK } from '../err-block.js';
import type { IOCondition } from '../qio-channel.js';
import { toErrorText } from './error-record.js';
import {
  ABORTABLE,
  ASKER,
  BELL,
  BELL_GENERATION,
  FAILED,
  IN,
  KIND,
  LENGTH,
  MEMORY,
  OFFSET_HIGH,
  OFFSET_LOW,
  WAIT_ONLY,
  WAKEABLE,
  WHOLE,
  writeError,
} from './layout.js';
import { answer, isAskedFor, isToEnd, takeRequest } from './request.js';
import type { ShareableChannel } from './shareable-channel.js';
import type { IntroducedMemories } from './shared-memories.js';

/** Does in the channel's thread what the holder of a direction's claim asks for: a coroutine that reads, or writes, in its place. */
export class Servant {
  readonly #words: Int32Array;
  readonly #direction: number;
  readonly #channel: ShareableChannel;
  readonly #memories: IntroducedMemories;
  readonly #settled: () => void;
  readonly #coroutine: Coroutine;
  #started = false;
  #inChannel = false;
  /** A request has come, or is being served. */
  #asked = false;
  /** By who could not know that it had not begun to wait. */
  #woken = false;

  /** @param settled called before the holder is told that its request is done. */
  constructor(
    words: Int32Array,
    direction: number,
    channel: ShareableChannel,
    memories: IntroducedMemories,
    settled: () => void,
  ) {
    this.#words = words;
    this.#direction = direction;
    this.#channel = channel;
    this.#memories = memories;
    this.#settled = settled;
    this.#coroutine = Coroutine.create(
      () => this.#run(),
      `${direction === IN ? 'read' : 'write'} for others`,
    );
  }

  /** It was rung: there may be a request, or one to end. */
  look(): void {
    if (isAskedFor(this.#words, this.#direction)) {
      this.#asked = true;
      if (this.#started) aioCoKick(this.#coroutine);
      else {
        this.#started = true;
        aioCoEnter(getCurrentAioContext() ?? getIohandlerAioContext(), this.#coroutine);
      }
    } else if (this.#inChannel && this.#toEnd) this.#channel.cancelWait(this.#condition);
  }

  /** After {@link look}: a request that came before it is ended, if it is of the kind. */
  wakeRead(): void {
    this.#woken = this.#asked && !this.#inChannel;
    this.#channel.wakeRead();
  }

  get #condition(): IOCondition {
    return this.#direction === IN ? 'in' : 'out';
  }

  get #toEnd(): boolean {
    return isToEnd(this.#words, this.#direction);
  }

  *#run(): Co<void> {
    for (;;) {
      if (!takeRequest(this.#words, this.#direction)) {
        yield* coYield();
        continue;
      }
      let result: number;
      try {
        result = yield* this.#serve();
      } catch (error) {
        writeError(this.#words, this.#direction, toErrorText(error));
        result = FAILED;
      }
      this.#settled();
      this.#answer(result);
    }
  }

  *#serve(): Co<number> {
    const { [KIND]: kind = 0, [ASKER]: asker = 0, [MEMORY]: number = 0 } = this.#request();
    const condition = this.#condition;
    try {
      if (this.#woken && (kind & WAIT_ONLY) !== 0) return 0;
      if ((kind & WAIT_ONLY) !== 0) {
        this.#inChannel = true;
        return yield* this.#channel.waitFor(condition);
      }
      const memory = yield* this.#memories.get(asker, number);
      const wakeable = (kind & WAKEABLE) !== 0;
      if (this.#toEnd || (this.#woken && wakeable)) return QIO_CHANNEL_ERR_BLOCK;
      this.#inChannel = true;
      const { [OFFSET_HIGH]: high = 0, [OFFSET_LOW]: low = 0, [LENGTH]: length = 0 } = this.#request();
      const piece = new Uint8Array(memory, high * 2 ** 32 + (low >>> 0), length);
      const moved = yield* this.#channel.transferFor(condition, [piece], (kind & ABORTABLE) !== 0, wakeable);
      return (kind & WHOLE) === 0 ? moved : yield* this.#moveRest(condition, piece, moved, kind);
    } finally {
      this.#inChannel = false;
      this.#asked = false;
      this.#woken = false;
    }
  }

  /** The holder is spared a wake for each part. What stops it here is told again by the next request. */
  *#moveRest(condition: IOCondition, piece: Uint8Array, moved: number, kind: number): Co<number> {
    let done = moved;
    while (done > 0 && done < piece.length && !this.#toEnd) {
      try {
        const abortable = (kind & ABORTABLE) !== 0;
        const count = yield* this.#channel.transferFor(condition, [piece.subarray(done)], abortable);
        if (count <= 0) break;
        done += count;
      } catch {
        break;
      }
    }
    return done;
  }

  #request(): Int32Array {
    return this.#words.subarray(this.#direction, this.#direction + 16);
  }

  #answer(result: number): void {
    // Before the answer: then the holder may ask for the next.
    const { [BELL]: bell = 0, [BELL_GENERATION]: generation = 0 } = this.#request();
    answer(this.#words, this.#direction, result);
    wakeCell(joinThreads(), bell, generation);
  }
}
