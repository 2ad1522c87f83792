import { AioContextError } from '../aio-context-error.js';
import { readName } from './cell-name.js';
import { ring } from './doorbell.js';
import { CELLS_USED, claimerOf, generationOf, LAST_GENERATION, MAX_THREADS, TAG, wordsOf } from './layout.js';
import { isSharedMemory } from './shared-memory.js';
import { joinThreads, type ThisThread } from './this-thread.js';
import { type Claim, claim, pushWoken } from './wake-list.js';

/** What a handle names. */
export type HandleOf = 'AioContext' | 'BottomHalf' | 'Coroutine' | 'SharedCoMutex';

/** Names something in another thread. Plain data: it goes through `postMessage` and `workerData`. */
export interface CellHandle<Of extends HandleOf = HandleOf> {
  readonly of: Of;
  readonly name: string;
  readonly memory: SharedArrayBuffer;
  readonly cell: number;
  readonly generation: number;
  /** The thread that has the object, and the tag of its cell while it lives. */
  readonly home: number;
  readonly homeTag: number;
}

export function makeHandle<Of extends HandleOf>(
  of: Of,
  name: string,
  thread: ThisThread,
  cell: number,
): CellHandle<Of> {
  const { words } = thread;
  return {
    of,
    name,
    memory: thread.memory,
    cell,
    generation: generationOf(Atomics.load(words, wordsOf(cell) + TAG)),
    home: thread.number,
    homeTag: thread.tag,
  };
}

/** The calling thread's part in the handle's memory. @throws AioContextError `AIO_BAD_HANDLE`, `AIO_OTHER_MEMORY`. */
export function joinByHandle<Of extends HandleOf>(of: Of, handle: CellHandle<Of>): ThisThread {
  const given = handle as Partial<CellHandle> | null | undefined;
  if (typeof given !== 'object' || given === null || given.of !== of || !isSharedMemory(given.memory)) {
    const got =
      typeof given === 'object' && given !== null && 'of' in given
        ? given.of === of
          ? 'a copy without its shared memory'
          : `one of ${String(given.of)}`
        : typeof given;
    throw new AioContextError('AIO_BAD_HANDLE', `attach: expected a handle of ${of}, got ${got}`);
  }
  const thread = joinThreads(given.memory);
  if (!isCellOf(thread, given)) {
    throw new AioContextError(
      'AIO_BAD_HANDLE',
      `attach: expected a handle of ${of}, got one of cell ${given.cell} and thread ${given.home}`,
    );
  }
  return thread;
}

/** Whether the handle leads to a cell and a thread: one that was made up must not lead out of the memory. */
function isCellOf(thread: ThisThread, given: Partial<CellHandle>): boolean {
  const { cell, home, generation, homeTag } = given;
  const end = Atomics.load(thread.words, CELLS_USED);
  return (
    isWhole(cell, MAX_THREADS + 1, end - 1) &&
    isWhole(home, 1, MAX_THREADS) &&
    isWhole(generation, 0, LAST_GENERATION) &&
    Number.isInteger(homeTag)
  );
}

function isWhole(value: unknown, first: number, last: number): boolean {
  return Number.isInteger(value) && (value as number) >= first && (value as number) <= last;
}

/** Whether the thread that has the object lives. */
export function isHomeAlive(thread: ThisThread, handle: CellHandle): boolean {
  return Atomics.load(thread.words, wordsOf(handle.home) + TAG) === handle.homeTag;
}

/**
 * Has the object of the handle run in its home thread (a coroutine in `askedContext`, a cell; 0: where it last ran).
 *
 * @thread any. Allocates nothing; takes no lock.
 * @returns `gone`: its thread has ended; otherwise see {@link Claim}. Only `claimed` did something.
 */
export function wakeByHandle(thread: ThisThread, handle: CellHandle, askedContext = 0): Claim | 'gone' {
  return isHomeAlive(thread, handle)
    ? wakeCell(thread, handle.cell, handle.generation, askedContext)
    : 'gone';
}

/** As {@link wakeByHandle}, for who found the cell in shared memory. */
export function wakeCell(thread: ThisThread, cell: number, generation: number, askedContext = 0): Claim {
  const { words } = thread;
  const outcome = claim(words, cell, generation, thread.number);
  if (outcome === 'claimed') ring(words, pushWoken(words, cell, askedContext));
  return outcome;
}

/** The name of the thread that has last claimed the cell, for errors: by now it may have been another. */
export function claimerName(thread: ThisThread, cell: number): string {
  const { words } = thread;
  return readName(words, claimerOf(Atomics.load(words, wordsOf(cell) + TAG)));
}
