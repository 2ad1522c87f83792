import type { AioContext } from '../aio-context.js';
import { type CellHandle, claimerName, type HandleOf, makeHandle } from './cell-handle.js';
import { claimerOf, SCHEDULED, stateOf, TAG, WAKEABLE, wordsOf } from './layout.js';
import { joinThreads, type ThisThread } from './this-thread.js';
import { type Claim, claim, rearm } from './wake-list.js';

/** What stands behind a wakeable's cell in its own thread. */
export interface Wakeable {
  readonly name: string;
  /** Whether its turn will come without more ado: it is in a list of its context. */
  readonly onItsWay: boolean;
  /** Another thread has asked for it. It must see to its turn, and {@link WakeableCell.rearm} when that comes. */
  woken(askedContext: AioContext | undefined): void;
}

// Per thread: what stands behind its cells.
const wakeables = new Map<number, Wakeable>();

/** What stands behind the cell in this thread; undefined: the cell is not this thread's. */
export function wakeableOf(cell: number): Wakeable | undefined {
  return wakeables.get(cell);
}

/** All that stands behind cells of this thread. */
export function wakeablesHere(): Wakeable[] {
  return [...wakeables.values()];
}

/** Those of this thread that somebody has claimed, with their claimers, and that are in no list of this thread. */
export function* lostWakeables(words: Int32Array): Generator<{ wakeable: Wakeable; claimer: number }> {
  for (const [cell, wakeable] of wakeables) {
    const tag = Atomics.load(words, wordsOf(cell) + TAG);
    if (stateOf(tag) === SCHEDULED && !wakeable.onItsWay) yield { wakeable, claimer: claimerOf(tag) };
  }
}

/** A wakeable's cell, as its home thread sees it. While it is there, the claim in its tag is the only one that counts. */
export class WakeableCell {
  readonly #thread: ThisThread;
  readonly #cell: number;
  readonly #generation: number;

  constructor(wakeable: Wakeable) {
    this.#thread = joinThreads();
    this.#cell = this.#thread.takeCell(WAKEABLE, wakeable.name);
    wakeables.set(this.#cell, wakeable);
    this.#generation = this.#thread.bring(this.#cell);
  }

  get cell(): number {
    return this.#cell;
  }

  get generation(): number {
    return this.#generation;
  }

  handle<Of extends HandleOf>(of: Of, name: string): CellHandle<Of> {
    return makeHandle(of, name, this.#thread, this.#cell);
  }

  /** Its own thread is going to run it. */
  claim(): Claim {
    return claim(this.#thread.words, this.#cell, this.#generation, this.#thread.number);
  }

  get scheduled(): boolean {
    return stateOf(Atomics.load(this.#thread.words, wordsOf(this.#cell) + TAG)) === SCHEDULED;
  }

  /** Who has claimed it, by name. */
  get claimerName(): string {
    return `thread "${claimerName(this.#thread, this.#cell)}"`;
  }

  /** Its turn has come. */
  rearm(): void {
    rearm(this.#thread.words, this.#cell, this.#generation);
  }

  /** Its handles are stale from now on. A wake that is on its way comes to nothing. */
  letGo(): void {
    if (this.#thread.letGo(this.#cell, this.#generation)) {
      wakeables.delete(this.#cell);
      return;
    }
    wakeables.set(this.#cell, new LetGo(this));
  }
}

/** Behind a cell that was let go while somebody was waking it. */
class LetGo implements Wakeable {
  readonly name = 'let go';
  readonly onItsWay = false;
  readonly #cell: WakeableCell;

  constructor(cell: WakeableCell) {
    this.#cell = cell;
  }

  woken(): void {
    this.#cell.rearm();
    this.#cell.letGo();
  }
}
