import { setImmediate } from 'node:timers/promises';
import { type Co, coAwait } from '@coaio/coroutine';
import { MAX_EXTENTS } from './max-extents.js';
import type { NbdExtent, NbdExtentOptions, NbdExtentSource, NbdWork } from './nbd-backend.js';

/** How many of those that come one after another are waited for before others have their turn. */
const IN_ONE_TURN = 1024;

/**
 * What a backend's `extents` has returned, as an iterable where it is there, and where it has to be waited for as a coroutine that takes as
 * much as a reply about `length` bytes needs.
 */
export function extentsWork(
  given: NbdWork<NbdExtentSource>,
  length: number,
  options: NbdExtentOptions,
): Iterable<NbdExtent> | Co<NbdExtent[]> {
  return areThere(given) ? atMost(given) : awaitedExtents(given, length, options);
}

/** Whether they can be gone through now. Of a generator nobody knows: it may be a coroutine. */
export function areThere(given: NbdWork<NbdExtentSource>): given is Iterable<NbdExtent> {
  return !has(given, 'then') && !has(given, 'next') && !isAsync(given as NbdExtentSource);
}

/** Those of them that any reply may have. */
export function atMost(given: Iterable<NbdExtent>): Iterable<NbdExtent> {
  if (Array.isArray(given) && given.length <= MAX_EXTENTS) return given;
  // No generator, which would pass for a coroutine.
  return { [Symbol.iterator]: () => firstOf(given) };
}

function* firstOf(given: Iterable<NbdExtent>): Generator<NbdExtent> {
  let count = 0;
  for (const extent of given) {
    yield extent;
    if (++count === MAX_EXTENTS) return;
  }
}

/** As many extents as a reply needs, neighbours of one status joined. What is left is not asked for: `return()` is called. */
export function takenExtents(
  given: Iterable<NbdExtent>,
  length: number,
  options: NbdExtentOptions,
): NbdExtent[] {
  const taken = new TakenExtents(length, options);
  for (const extent of atMost(given)) if (taken.add(extent)) break;
  return taken.extents;
}

function* awaitedExtents(
  given: NbdWork<NbdExtentSource>,
  length: number,
  options: NbdExtentOptions,
): Co<NbdExtent[]> {
  let source = (has(given, 'then') ? yield* coAwait(given as PromiseLike<NbdExtentSource>) : given) as
    | NbdExtentSource
    | Co<NbdExtentSource>;
  if (!isAsync(source) && has(source, 'next')) source = yield* generated(source as Generator);
  return isAsync(source as NbdExtentSource)
    ? yield* takenAsync(source as AsyncIterable<NbdExtent>, length, options)
    : takenExtents(source as Iterable<NbdExtent>, length, options);
}

/** A coroutine yields nothing and returns extents; another generator yields them. */
function* generated(generator: Generator): Co<NbdExtentSource> {
  const first = generator.next();
  if (first.done === true) return (first.value ?? []) as NbdExtentSource;
  if (first.value !== undefined) return chained(first.value as NbdExtent, generator as Generator<NbdExtent>);
  yield;
  return yield* generator as Co<NbdExtentSource>;
}

function* chained(first: NbdExtent, rest: Generator<NbdExtent>): Generator<NbdExtent> {
  try {
    yield first;
    yield* rest;
  } finally {
    rest.return(undefined);
  }
}

function* takenAsync(
  given: AsyncIterable<NbdExtent>,
  length: number,
  options: NbdExtentOptions,
): Co<NbdExtent[]> {
  const taken = new TakenExtents(length, options);
  const iterator = given[Symbol.asyncIterator]();
  for (let count = 1; ; count++) {
    // They may all be there already.
    if (count % IN_ONE_TURN === 0) yield* coAwait(setImmediate());
    const step = yield* coAwait(iterator.next());
    if (step.done === true) return taken.extents;
    if (taken.add(step.value) || count === MAX_EXTENTS) break;
  }
  if (iterator.return !== undefined) yield* coAwait(iterator.return());
  return taken.extents;
}

class TakenExtents {
  readonly extents: NbdExtent[] = [];
  readonly #length: number;
  readonly #maxCount: number;
  #covered = 0;

  constructor(length: number, { one }: NbdExtentOptions) {
    this.#length = length;
    this.#maxCount = one ? 1 : MAX_EXTENTS;
  }

  /** @returns whether that is enough. */
  add(extent: NbdExtent): boolean {
    const { extents } = this;
    const last = extents.at(-1);
    // What is wrong with one is told by who sends it, and nothing comes after it.
    const isWrong = !(extent?.length > 0);
    if (!isWrong && last !== undefined && last.status === extent.status) {
      extents[extents.length - 1] = { status: last.status, length: last.length + extent.length };
    } else {
      if (extents.length === this.#maxCount) return true;
      extents.push(extent);
    }
    this.#covered += isWrong ? 0 : extent.length;
    return isWrong || this.#covered >= this.#length;
  }
}

function isAsync(value: NbdExtentSource | Co<NbdExtentSource>): value is AsyncIterable<NbdExtent> {
  return has(value, Symbol.asyncIterator);
}

function has(value: unknown, name: string | symbol): boolean {
  return typeof (value as Record<string | symbol, unknown> | null | undefined)?.[name] === 'function';
}
