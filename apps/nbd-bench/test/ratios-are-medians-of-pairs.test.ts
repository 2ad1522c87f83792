import { median } from '@coaio/by-turns';
import { expect, test } from 'vitest';
import { summarize } from '../src/compare/ratios.js';

const RIVAL = { name: 'fio', version: '3.33', rw: 'read' } as const;

function pair(ours: number, theirs: number, cpu?: number) {
  const rival = { iops: theirs, mibPerSecond: 1, ...(cpu === undefined ? {} : { cpuUsPerIo: cpu }) };
  return { ours: { iops: ours, mibPerSecond: 1, cpuUsPerIo: 3 }, rival };
}

test('each of ours is divided by the turn that followed it', () => {
  // The machine slowed down by half in the last pair: its ratio says nothing of that.
  const pairs = [pair(300, 100, 5), pair(200, 100, 7), pair(125, 50, 6)];
  expect(summarize(RIVAL, pairs)).toEqual({
    ...RIVAL,
    rounds: 3,
    ourMedianIops: 200,
    medianIops: 100,
    medianRatio: 2.5,
    minRatio: 2,
    maxRatio: 3,
    ourCpuUsPerIo: 3,
    cpuUsPerIo: 6,
  });
});

test("a rival's CPU time is left out where it is not known", () => {
  expect(summarize(RIVAL, [pair(1, 1)])).not.toHaveProperty('cpuUsPerIo');
});

test.each([
  [[5], 5],
  [[3, 1], 2],
  [[9, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %s', (values, middle) => {
  expect(median(values)).toBe(middle);
});
