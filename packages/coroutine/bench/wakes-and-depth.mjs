// What it costs to wake one, to give it a turn in another context, and to yield from deep below, beside what else Node
// offers: a resolved promise, a `setImmediate`, bare generators as deep.
import { AioContext } from '@coaio/aio-context';
import { aioCoSchedule, aioCoWake, Coroutine, coYield } from '@coaio/coroutine';

/** @type {import('@coaio/by-turns').Group[]} */
export const wakeGroups = [
  {
    name: 'one that wakes one, which runs behind it',
    unit: 'ns',
    prepare() {
      const woken = parked(0);
      const waker = Coroutine.create(function* () {
        for (;;) {
          aioCoWake(woken);
          yield* coYield();
        }
      });
      return {
        cases: [
          {
            name: 'aioCoWake',
            ours: true,
            run(times) {
              for (let i = 0; i < times; i++) waker.enter();
            },
          },
          { name: 'promise resolved, and awaited', run: resolves },
        ],
      };
    },
  },
  {
    name: 'a turn in a context',
    unit: 'ns',
    prepare() {
      const context = new AioContext();
      const there = parked(0, context);
      return {
        cases: [
          {
            name: 'aioCoSchedule + poll',
            ours: true,
            run(times) {
              for (let i = 0; i < times; i++) {
                aioCoSchedule(context, there);
                context.poll();
              }
            },
          },
          { name: 'setImmediate', run: immediates },
        ],
      };
    },
  },
  ...[4, 16].map(deepYields),
];

/**
 * @param {number} depth
 * @returns {import('@coaio/by-turns').Group}
 */
function deepYields(depth) {
  return {
    name: `enter + yield, ${depth} yield* deep`,
    unit: 'ns',
    prepare() {
      const deep = parked(depth);
      const bare = bareBelow(depth);
      return {
        cases: [
          {
            name: 'Coroutine',
            ours: true,
            run(yields) {
              for (let i = 0; i < yields; i++) deep.enter();
            },
          },
          {
            name: 'bare generator',
            run(yields) {
              for (let i = 0; i < yields; i++) bare.next();
            },
          },
        ],
      };
    },
  };
}

/**
 * @param {number} depth
 * @param {AioContext} [context]
 */
function parked(depth, context) {
  const co = Coroutine.create(() => yieldsBelow(depth));
  co.enter(context);
  return co;
}

/**
 * @param {number} depth
 * @returns {import('@coaio/coroutine').Co<void>}
 */
function* yieldsBelow(depth) {
  if (depth > 0) yield* yieldsBelow(depth - 1);
  for (;;) yield* coYield();
}

/**
 * @param {number} depth
 * @returns {Generator<undefined, void, undefined>}
 */
function* bareBelow(depth) {
  if (depth > 0) yield* bareBelow(depth - 1);
  for (;;) yield;
}

/** @param {number} times */
async function resolves(times) {
  for (let i = 0; i < times; i++) await new Promise((resolve) => resolve(undefined));
}

/** @param {number} times */
async function immediates(times) {
  for (let i = 0; i < times; i++) await new Promise((resolve) => setImmediate(resolve));
}
