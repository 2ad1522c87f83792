import { expect, test } from 'vitest';
import type { JobPlan } from '../src/job/job-plan.js';
import { offsetsFor } from '../src/job/offsets.js';
import { jobPlan } from './support/job-plan.js';

function first(fields: Partial<JobPlan>): number[] {
  const offsets = offsetsFor(jobPlan({ blocks: 2 ** 30, ...fields }));
  return Array.from({ length: 100 }, () => offsets.next());
}

test('in the same job', () => {
  expect(first({ seed: 7 })).toEqual(first({ seed: 7 }));
  expect(first({ seed: 7, index: 3 })).toEqual(first({ seed: 7, index: 3 }));
});

test('another seed or another job goes elsewhere', () => {
  const all = [{ seed: 7 }, { seed: 8 }, { seed: 7, index: 1 }, { seed: 7, index: 2 }].flatMap(first);
  expect(new Set(all).size).toBe(all.length);
});
