// A coroutine's life and one yield, beside a bare generator and an async function, which know no context and no waker, and
// QEMU's own figures.
import { Coroutine, coRun, coYield } from '@coaio/coroutine';

const SOURCE = 'test-coroutine -m perf, in C on a like machine';

/** @type {import('@coaio/by-turns').Group[]} */
export const coroutineGroups = [
  {
    name: 'create + run + end',
    unit: 'ns',
    prepare: () => ({
      cases: [
        { name: 'Coroutine', ours: true, run: lives, goal: { of: 'value', most: 69 } },
        { name: 'coRun, awaited', ours: true, run: coRuns },
        { name: 'async function, awaited', run: asyncCalls },
        { name: 'bare generator', run: bareLives },
      ],
    }),
    quoted: [{ name: 'QEMU', value: 69, source: SOURCE }],
  },
  {
    name: 'enter + yield',
    unit: 'ns',
    prepare() {
      const parked = Coroutine.create(yieldsForever);
      const bare = bareForever();
      return {
        cases: [
          {
            name: 'Coroutine',
            ours: true,
            run(yields) {
              for (let i = 0; i < yields; i++) parked.enter();
            },
            goal: { of: 'value', most: 57 },
          },
          { name: 'await of a value', run: awaits },
          {
            name: 'bare generator',
            run(yields) {
              for (let i = 0; i < yields; i++) bare.next();
            },
          },
        ],
      };
    },
    quoted: [{ name: 'QEMU', value: 57, source: SOURCE }],
  },
];

function* empty() {}
function* yieldsForever() {
  for (;;) yield* coYield();
}
function* bareForever() {
  for (;;) yield;
}
async function nothing() {}

/** @param {number} times */
function lives(times) {
  for (let i = 0; i < times; i++) Coroutine.create(empty).enter();
}

/** @param {number} times */
async function coRuns(times) {
  for (let i = 0; i < times; i++) await coRun(empty);
}

/** @param {number} times */
async function asyncCalls(times) {
  for (let i = 0; i < times; i++) await nothing();
}

/** @param {number} times */
function bareLives(times) {
  for (let i = 0; i < times; i++) empty().next();
}

/** @param {number} times */
async function awaits(times) {
  for (let i = 0; i < times; i++) await undefined;
}
