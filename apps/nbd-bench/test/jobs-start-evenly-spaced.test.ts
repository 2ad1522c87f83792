import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planJobs } from '../src/run/plan.js';
import type { RunConfig } from '../src/run/run-config.js';

const CONFIG: RunConfig = {
  rw: 'read',
  rwmixread: 50,
  bs: 4096,
  iodepth: 1,
  numjobs: 4,
  connections: 1,
  pollMaxNs: 0,
  verify: false,
  runtime: 1,
  rampTime: 0,
  offset: 0,
  randseed: 1,
};

test('four jobs, a quarter of the blocks apart', () => {
  const jobs = planJobs(CONFIG, { offset: 8192, size: 4096 * 10 + 100 });
  expect(jobs.map(({ index, firstBlock }) => [index, firstBlock])).toEqual([
    [0, 0],
    [1, 2],
    [2, 5],
    [3, 7],
  ]);
  expect(jobs.every(({ offset, blocks }) => offset === 8192 && blocks === 10)).toBe(true);
});

test('more jobs than blocks are no trouble', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 2 ** 41 }), (numjobs, blocks) => {
      const jobs = planJobs({ ...CONFIG, numjobs }, { offset: 0, size: blocks * 4096 });
      return jobs.length === numjobs && jobs.every(({ firstBlock }) => firstBlock < blocks);
    }),
  );
});
