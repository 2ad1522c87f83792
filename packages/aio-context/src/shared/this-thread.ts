import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from 'node:worker_threads';
import { AioContextError } from '../aio-context-error.js';
import { writeName } from './cell-name.js';
import {
  ASLEEP,
  FREE,
  generationOf,
  HEADER,
  HOME,
  IDLE,
  IN_AIO_WAIT,
  KIND,
  LAST_GENERATION,
  MAX_THREADS,
  NEXT_THREAD,
  NODE_THREAD_ID,
  NOTIFIER,
  PARENT,
  stateOf,
  TAG,
  THREAD,
  tagOf,
  WOKEN,
  wordsOf,
} from './layout.js';
import { isSameMemory, isSharedMemory, makeSharedMemory, newCell } from './shared-memory.js';

/** How a worker finds the memory of the thread that made it: Node copies this to every worker. */
const INHERITED = '@coaio/aio-context';
interface Inherited {
  memory: SharedArrayBuffer;
  thread: number;
}

/** This thread's part in the shared memory: a cell of its own, and those that it takes for its wakeables, contexts and locks. */
export class ThisThread {
  readonly memory: SharedArrayBuffer;
  readonly words: Int32Array;
  /** Its cell, by which the others know it. */
  readonly number: number;
  /** TAG of that cell while the thread lives. */
  readonly tag: number;
  // Cells that were let go, by kind: a cell keeps its kind.
  readonly #free = new Map<number, number[]>();

  constructor(memory: SharedArrayBuffer, parent: number) {
    const words = new Int32Array(memory);
    this.memory = memory;
    this.words = words;
    this.number = takeThreadNumber(words);
    const at = wordsOf(this.number);
    this.tag = Atomics.load(words, at + TAG);
    for (const word of [WOKEN, ASLEEP, IN_AIO_WAIT, NOTIFIER]) Atomics.store(words, at + word, 0);
    Atomics.store(words, at + NODE_THREAD_ID, threadId);
    Atomics.store(words, at + PARENT, parent);
    Atomics.store(words, at + KIND, THREAD);
    writeName(words, this.number, isMainThread ? 'main' : `thread ${threadId}`);
    setEnvironmentData(INHERITED, { memory, thread: this.number } satisfies Inherited);
  }

  /** How the others name it in errors and reports. */
  rename(name: string): void {
    writeName(this.words, this.number, name);
  }

  /** A cell of `kind` with this thread as its home, IDLE once the caller has filled it and called {@link bring}. */
  takeCell(kind: number, name: string): number {
    const cell = this.#free.get(kind)?.pop() ?? newCell(this.words);
    const { words } = this;
    const at = wordsOf(cell);
    Atomics.store(words, at + KIND, kind);
    Atomics.store(words, at + HOME, this.number);
    writeName(words, cell, name);
    return cell;
  }

  /** From now on the cell's handles are good. @returns its generation. */
  bring(cell: number): number {
    const { words } = this;
    const generation = generationOf(Atomics.load(words, wordsOf(cell) + TAG));
    Atomics.store(words, wordsOf(cell) + TAG, tagOf(generation, IDLE));
    return generation;
  }

  /** Ends the cell's handles, unless somebody is waking it. @returns whether it is free now. */
  letGo(cell: number, generation: number): boolean {
    const at = wordsOf(cell) + TAG;
    const next = tagOf(generation + 1, FREE);
    const idle = tagOf(generation, IDLE);
    if (Atomics.compareExchange(this.words, at, idle, next) !== idle) return false;
    this.adopt(cell);
    return true;
  }

  /** A free cell of any thread that has ended, or of this one: it may be taken again. */
  adopt(cell: number): void {
    if (generationOf(Atomics.load(this.words, wordsOf(cell) + TAG)) >= LAST_GENERATION) return;
    // Else the next thread of the dead one's number would be thought to have it too.
    Atomics.store(this.words, wordsOf(cell) + HOME, this.number);
    const kind = Atomics.load(this.words, wordsOf(cell) + KIND);
    const free = this.#free.get(kind);
    if (free === undefined) this.#free.set(kind, [cell]);
    else free.push(cell);
  }
}

function takeThreadNumber(words: Int32Array): number {
  const first = Atomics.load(words, wordsOf(HEADER) + NEXT_THREAD);
  for (let tried = 0; tried < MAX_THREADS; tried++) {
    const number = ((first + tried) % MAX_THREADS) + 1;
    const at = wordsOf(number) + TAG;
    const tag = Atomics.load(words, at);
    const alive = tagOf(generationOf(tag), IDLE);
    if (stateOf(tag) !== FREE || Atomics.compareExchange(words, at, tag, alive) !== tag) continue;
    Atomics.store(words, wordsOf(HEADER) + NEXT_THREAD, number);
    return number;
  }
  throw new AioContextError('AIO_TOO_MANY_THREADS', `attach: ${MAX_THREADS} threads share contexts already`);
}

// Per thread: its part in the shared memory, once it has one.
let joined: ThisThread | null = null;
const joinListeners: ((thread: ThisThread) => void)[] = [];

/** Nothing is paid for threads before the first handle, view or IOThread. */
export function thisThread(): ThisThread | null {
  return joined;
}

/** Calls `callback` when the thread joins. */
export function whenJoined(callback: (thread: ThisThread) => void): void {
  joinListeners.push(callback);
}

/** That of the thread that made this one; null: it had none, or another version's. */
function inheritedMemory(): Inherited | null {
  const inherited = getEnvironmentData(INHERITED) as Partial<Inherited> | undefined;
  return isSharedMemory(inherited?.memory) ? (inherited as Inherited) : null;
}

/** As {@link joinThreads}, for what makes no memory by itself: without any, no other thread knows of this one. */
export function joinThreadsIfAny(): ThisThread | null {
  return joined ?? (inheritedMemory() === null ? null : joinThreads());
}

/**
 * Gives the thread its part in the shared memory: that of a handle, else that of the thread that made it, else a new one.
 *
 * @throws AioContextError `AIO_OTHER_MEMORY`: the thread has part in another one already.
 */
export function joinThreads(memory?: SharedArrayBuffer): ThisThread {
  if (joined !== null) {
    if (memory !== undefined && !isSameMemory(memory, joined.memory)) {
      throw new AioContextError(
        'AIO_OTHER_MEMORY',
        'attach: the handle comes from threads that share other memory than this one, which made handles before it got one',
      );
    }
    return joined;
  }
  const inherited = inheritedMemory();
  const own = memory ?? inherited?.memory ?? makeSharedMemory();
  const parent = inherited !== null && isSameMemory(inherited.memory, own) ? inherited.thread : 0;
  joined = new ThisThread(own, parent);
  for (const listener of joinListeners) listener(joined);
  return joined;
}
