import type { AioContext } from '../aio-context.js';
import { fallAsleep, wakeUp } from '../shared/doorbell.js';
import { ASLEEP, NOTIFIER, wordsOf } from '../shared/layout.js';
import { type ThisThread, whenJoined } from '../shared/this-thread.js';
import { type Wakeable, WakeableCell } from '../shared/wakeable.js';
import { deathsSeen, hasUnseenDeaths } from './deaths.js';
import { deliverWoken, hasWoken } from './deliver-woken.js';
import { PollWindow } from './poll-window.js';

/** How often the wake list is looked at before the event loop gets its turn at the sockets: about four microseconds. */
const LOOKS_PER_TURN = 400;

/** How often it finds something before the event loop gets its turn all the same. */
const RUNS_PER_TURN = 8;

/**
 * What a thread does between its dispatches: it takes what other threads have woken, polls for a while, and sleeps with its
 * doorbell up. Node's event loop does the rest; this only tells it to come round.
 *
 * `busy`: in a dispatch, or one is sure to come. `polling`: looks for work at each turn of the event loop.
 * `asleep`: only the doorbell or the event loop wakes it.
 */
type LoopState = 'busy' | 'polling' | 'asleep';

class ThreadLoop {
  readonly window = new PollWindow();
  #thread: ThisThread | null = null;
  #state: LoopState = 'asleep';
  // Dispatches under way, one in another, and those that contexts have asked the event loop for.
  #depth = 0;
  #asked = 0;
  // Whether a promise waits for the doorbell; one is enough, it is woken whoever sleeps.
  #listening = false;
  #turnSet = false;
  #restSinceNs = 0;
  // Contexts with work, while what was woken is handed out.
  #ready: AioContext[] | null = null;

  /** The thread has a cell from now on. */
  join(thread: ThisThread): void {
    this.#thread = thread;
    const notifier = new WakeableCell(new Notifier(() => notifier.rearm()));
    Atomics.store(thread.words, wordsOf(thread.number) + NOTIFIER, notifier.cell);
    this.#state = 'busy';
    if (this.#depth === 0 && this.#asked === 0) this.#rest();
  }

  /** A dispatch of one of the thread's contexts begins. What was woken so far takes part in it. @returns whether there was anything. */
  enter(): boolean {
    const outermost = this.#depth++ === 0;
    if (!this.#isInUse) return false;
    if (outermost) this.#getUp();
    return this.#thread !== null && deliverWoken(this.#thread);
  }

  /** A thread that shares nothing and does not poll neither sleeps with a doorbell nor looks for work. */
  get #isInUse(): boolean {
    return this.#thread !== null || this.window.params.pollMaxNs > 0;
  }

  /** It ends. The outermost lets the thread rest. */
  leave(): void {
    if (--this.#depth === 0 && this.#asked === 0 && this.#isInUse) this.#rest();
  }

  /** `context` has work: it is polled soon. @returns whether that is sure without the event loop. */
  ask(context: AioContext): boolean {
    if (this.#ready !== null) {
      this.#ready.push(context);
      return true;
    }
    this.#asked++;
    return false;
  }

  /** The event loop has come round for a context that asked. */
  answered(): void {
    this.#asked--;
  }

  /** A context that asked is closed before its turn. */
  withdraw(): void {
    this.#asked--;
    // Nobody else would let the thread rest now: it would look awake to its wakers for good.
    if (this.#state === 'busy' && this.#depth === 0 && this.#asked === 0 && this.#isInUse) this.#rest();
  }

  /**
   * Blocks the thread until another one wakes something here or `timeoutMs` have passed. Its sockets wait meanwhile.
   */
  block(timeoutMs: number): void {
    const thread = this.#thread;
    if (thread === null) {
      // No other thread knows this one. It stays so: who then waits without end is told.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, timeoutMs);
      return;
    }
    const { words, number } = thread;
    const since = performance.now();
    if (fallAsleep(words, number, deathsSeen())) {
      Atomics.wait(words, wordsOf(number) + ASLEEP, 1, timeoutMs);
      wakeUp(words, number);
    }
    this.window.adjust((performance.now() - since) * 1e6);
    deliverWoken(thread);
  }

  #getUp(): void {
    if (this.#state === 'asleep' && this.#thread !== null) wakeUp(this.#thread.words, this.#thread.number);
    this.#state = 'busy';
    if (this.#restSinceNs > 0) {
      this.window.adjust(performance.now() * 1e6 - this.#restSinceNs);
      this.#restSinceNs = 0;
    }
  }

  /** There is nothing to do. */
  #rest(): void {
    const { window } = this;
    if (window.params.pollMaxNs > 0) {
      this.#restSinceNs = performance.now() * 1e6;
      if (window.ns > 0) {
        this.#state = 'polling';
        this.#setTurn();
        return;
      }
    }
    this.#sleep();
  }

  #sleep(): void {
    this.#state = 'asleep';
    const thread = this.#thread;
    if (thread === null) return;
    if (!fallAsleep(thread.words, thread.number, deathsSeen())) this.#setTurn();
    else this.#listen(thread);
  }

  #listen(thread: ThisThread): void {
    if (this.#listening) return;
    // It does not hold the process open: an idle thread may end.
    const bell = Atomics.waitAsync(thread.words, wordsOf(thread.number) + ASLEEP, 1);
    if (!bell.async) {
      this.#setTurn();
      return;
    }
    this.#listening = true;
    void bell.value.then(() => {
      this.#listening = false;
      this.#run(thread);
    });
  }

  #setTurn(): void {
    if (this.#turnSet) return;
    this.#turnSet = true;
    setImmediate(this.#turn);
  }

  /** A turn of the event loop: its sockets were served on the way here. */
  readonly #turn = (): void => {
    this.#turnSet = false;
    if (this.#state === 'busy') return;
    if (this.#runWoken()) return;
    if (this.#state === 'polling') {
      if (performance.now() * 1e6 - this.#restSinceNs < this.window.ns) this.#setTurn();
      else this.#sleep();
    } else this.#sleep();
  };

  /** @returns whether there was something. */
  #runWoken(): boolean {
    const thread = this.#thread;
    if (thread === null) return false;
    let runs = 0;
    // Two threads that answer each other need no turn of the event loop in between.
    while (runs < RUNS_PER_TURN && hasWork(thread, this.#state === 'polling' ? LOOKS_PER_TURN : 1)) {
      this.#run(thread);
      runs++;
    }
    return runs > 0;
  }

  /** Hands out what was woken, and polls the contexts that have work because of it. */
  #run(thread: ThisThread): void {
    if (this.#depth > 0) return;
    this.#depth++;
    this.#getUp();
    const ready: AioContext[] = [];
    this.#ready = ready;
    try {
      deliverWoken(thread);
      this.#ready = null;
      for (const context of ready) context.pollAsked();
    } finally {
      this.#ready = null;
      this.leave();
    }
  }
}

/** What is woken when nothing is: that the thread took a turn is all. */
class Notifier implements Wakeable {
  readonly name = 'notify';
  readonly onItsWay = false;
  readonly woken: () => void;

  constructor(woken: () => void) {
    this.woken = woken;
  }
}

function hasWork(thread: ThisThread, looks: number): boolean {
  const { words, number } = thread;
  for (let look = 0; look < looks; look++) if (hasWoken(words, number)) return true;
  return hasUnseenDeaths(words);
}

/** This thread's. */
export const threadLoop = new ThreadLoop();

whenJoined((thread) => threadLoop.join(thread));
