import { getCurrentAioContext, getIohandlerAioContext } from '@coaio/aio-context';
import { joinThreads, wakeCell } from '@coaio/aio-context/shared';
import { aioCoEnter, aioCoKick, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK } from '../err-block.js';
import type { IOCondition } from '../qio-channel.js';
import { toErrorText } from './error-record.js';
import {
  ABORT,
  ABORTABLE,
  ASKED_FOR,
  BELL,
  BELL_GENERATION,
  DONE,
  FAILED,
  HOLDER,
  IN,
  KIND,
  LENGTH,
  MEMORY,
  OFFSET_HIGH,
  OFFSET_LOW,
  RESULT,
  STATE,
  TAKEN,
  WAIT_ONLY,
  WHOLE,
  writeError,
} from './layout.js';
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
    const state = Atomics.load(this.#words, this.#direction + STATE);
    if (state === ASKED_FOR) {
      if (this.#started) aioCoKick(this.#coroutine);
      else {
        this.#started = true;
        aioCoEnter(getCurrentAioContext() ?? getIohandlerAioContext(), this.#coroutine);
      }
    } else if (state === TAKEN && this.#abortAsked && this.#inChannel) this.cancel();
  }

  /** Ends the wait of the request under way. */
  cancel(): void {
    this.#channel.cancelWait(this.#direction === IN ? 'in' : 'out');
  }

  get #abortAsked(): boolean {
    return Atomics.load(this.#words, this.#direction + ABORT) === 1;
  }

  *#run(): Co<void> {
    const at = this.#direction + STATE;
    for (;;) {
      if (Atomics.compareExchange(this.#words, at, ASKED_FOR, TAKEN) !== ASKED_FOR) {
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
    const {
      [KIND]: kind = 0,
      [HOLDER]: holder = 0,
      [MEMORY]: number = 0,
      [LENGTH]: length = 0,
    } = this.#request();
    const condition = this.#direction === IN ? 'in' : 'out';
    try {
      if ((kind & WAIT_ONLY) !== 0) {
        this.#inChannel = true;
        return yield* this.#channel.waitFor(condition);
      }
      const memory = yield* this.#memories.get(holder, number);
      if (this.#abortAsked) return QIO_CHANNEL_ERR_BLOCK;
      this.#inChannel = true;
      const { [OFFSET_HIGH]: high = 0, [OFFSET_LOW]: low = 0 } = this.#request();
      const piece = new Uint8Array(memory, high * 2 ** 32 + (low >>> 0), length);
      const moved = yield* this.#channel.transferFor(condition, [piece], (kind & ABORTABLE) !== 0);
      return (kind & WHOLE) === 0 ? moved : yield* this.#moveRest(condition, piece, moved, kind);
    } finally {
      this.#inChannel = false;
    }
  }

  /** The holder is spared a wake for each part. What stops it here is told again by the next request. */
  *#moveRest(condition: IOCondition, piece: Uint8Array, moved: number, kind: number): Co<number> {
    let done = moved;
    while (done > 0 && done < piece.length && !this.#abortAsked) {
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
    const words = this.#words;
    const bell = Atomics.load(words, this.#direction + BELL);
    const generation = Atomics.load(words, this.#direction + BELL_GENERATION);
    Atomics.store(words, this.#direction + RESULT, result);
    Atomics.store(words, this.#direction + STATE, DONE);
    wakeCell(joinThreads(), bell, generation);
  }
}
