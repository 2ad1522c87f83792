// Nanoseconds for a coroutine's life and for one yield, beside QEMU's `test-coroutine -m perf` on a like machine
// (69 ns and 57 ns) and beside what else Node offers: a bare generator, an `await`, a `setImmediate`.
//   pnpm --filter @coaio/coroutine bench
import { Coroutine, coYield } from '@coaio/coroutine';

const ROUNDS = 9;

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function* empty() {}
function* yieldsForever() {
  for (;;) yield* coYield();
}
function* bareForever() {
  for (;;) yield;
}
const parked = Coroutine.create(yieldsForever);
const bare = bareForever();

/** @type {Record<string, (n: number) => void | Promise<void>>} */
const cases = {
  'create + run + end': (n) => {
    for (let i = 0; i < n; i++) Coroutine.create(empty).enter();
  },
  'enter + yield': (n) => {
    for (let i = 0; i < n; i++) parked.enter();
  },
  'bare generator next': (n) => {
    for (let i = 0; i < n; i++) bare.next();
  },
  'await of a value': async (n) => {
    for (let i = 0; i < n; i++) await undefined;
  },
};

/** @type {Record<string, number[]>} */
const figures = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, run] of Object.entries(cases)) {
    const n = 1_000_000;
    const start = process.hrtime.bigint();
    await run(n);
    const ns = Number(process.hrtime.bigint() - start) / n;
    if (round > 0) figures[name]?.push(ns);
  }
}
for (const [name, values] of Object.entries(figures)) {
  console.log(`${name.padEnd(24)} ${median(values).toFixed(1).padStart(8)} ns`);
}
