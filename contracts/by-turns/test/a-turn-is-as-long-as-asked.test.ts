import { measureByTurns } from '@coaio/by-turns';
import { expect, test } from 'vitest';

/** How many operations each turn had, of a case that takes `nsOf(turn)` for one. */
async function operations(nsOf: (turn: number) => number, batch?: number): Promise<number[]> {
  const counts: number[] = [];
  const run = (count: number): number => nsOf(counts.push(count)) * count;
  const cases = [{ name: 'case', run, ...(batch === undefined ? {} : { batch }) }];
  await measureByTurns({ name: 'group', unit: 'ns', prepare: () => ({ cases }) }, { rounds: 3, turnMs: 1 });
  return counts;
}

test('it has as many operations as fill it', async () => {
  expect(await operations(() => 100)).toEqual([1, 10, 100, 1000, 10_000, 10_000, 10_000, 10_000, 10_000]);
});

test('in whole batches', async () => {
  expect(await operations(() => 100, 3000)).toEqual([3000, 9000, 9000, 9000, 9000, 9000]);
  expect((await operations(() => 100, 1e6)).every((count) => count === 1e6)).toBe(true);
});

test('a stall while it warms up makes no turn shorter', async () => {
  const counts = await operations((turn) => (turn === 3 ? 1e6 : 100));
  expect(counts.slice(-3)).toEqual([10_000, 10_000, 10_000]);
});
