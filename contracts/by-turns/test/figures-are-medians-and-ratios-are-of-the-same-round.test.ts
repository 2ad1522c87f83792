import { type Case, type Group, measureByTurns } from '@coaio/by-turns';
import { expect, test } from 'vitest';

const ONCE = { rounds: 3, turnMs: 1 };

/** A case whose turns take what `nsOf` says, for one operation each; a warm-up and round 0 come first. */
function taking(name: string, nsOf: readonly number[], fields: Partial<Case> = {}): Case {
  let turn = -2;
  return { name, run: (operations) => (nsOf[turn++] ?? 1e6) * operations, ...fields };
}

function group(unit: Group['unit'], cases: Case[]): Group {
  return { name: 'group', unit, prepare: () => ({ cases }) };
}

test('ratios are to the first rival, round by round', async () => {
  const figures = await measureByTurns(
    group('us', [
      // The machine is twice as slow in the second round, for both.
      taking('ours', [2e6, 4e6, 3e6], { ours: true }),
      taking('rival', [4e6, 8e6, 4e6]),
      taking('another', [8e6, 8e6, 8e6]),
    ]),
    ONCE,
  );
  expect(figures).toEqual({
    ...{ name: 'group', unit: 'us', rounds: 3, base: 'rival' },
    rows: [
      { name: 'ours', ours: true, value: 3000, ratio: 0.5, minRatio: 0.5, maxRatio: 0.75 },
      { name: 'rival', ours: false, value: 4000, ratio: 1, minRatio: 1, maxRatio: 1 },
      { name: 'another', ours: false, value: 8000, ratio: 2, minRatio: 1, maxRatio: 2 },
    ],
  });
});

test('a rate in M/s is the inverse, and so are its ratios', async () => {
  const cases = [taking('ours', [2e6, 2e6, 2e6], { ours: true }), taking('rival', [4e6, 4e6, 4e6])];
  const [ours] = (await measureByTurns(group('M/s', cases), ONCE))?.rows ?? [];
  expect(ours).toMatchObject({ value: 0.0005, ratio: 2 });
});

test('without a rival they are to the first case', async () => {
  const cases = [taking('a', [1e6, 1e6, 1e6], { ours: true }), taking('b', [2e6, 2e6, 2e6], { ours: true })];
  const figures = await measureByTurns(group('ns', cases), ONCE);
  expect(figures?.base).toBe('a');
  expect(figures?.rows.map(({ ratio }) => ratio)).toEqual([1, 2]);
});

test('a goal is held against the median, of the figure or of the ratio', async () => {
  const given = [4e6, 2e6, 3e6];
  const cases = [
    taking('at its limit', given, { ours: true, goal: { of: 'value', most: 3 } }),
    taking('above it', given, { ours: true, goal: { of: 'value', most: 2.9 } }),
    taking('below its least', given, { ours: true, goal: { of: 'value', least: 3.1 } }),
    taking('ratio', given, { ours: true, goal: { of: 'ratio', most: 1.3 } }),
    taking('rival', given),
  ];
  const figures = await measureByTurns(group('us', cases), ONCE);
  expect(figures?.rows.map(({ goal }) => goal)).toEqual([
    { text: 'at most 3 us', met: false },
    { text: 'at most 2.9 us', met: false },
    { text: 'at least 3.1 us', met: true },
    { text: 'at most 1.3x', met: true },
    undefined,
  ]);
});

test('a quoted figure has no ratio', async () => {
  const quoted = [{ name: 'QEMU', value: 57, source: 'its test' }];
  const figures = await measureByTurns({ ...group('ns', [taking('ours', [1e6])]), quoted }, ONCE);
  expect(figures?.rows[1]).toEqual({
    ...{ name: 'QEMU', ours: false, value: 57, source: 'its test' },
    ...{ ratio: null, minRatio: null, maxRatio: null },
  });
});
