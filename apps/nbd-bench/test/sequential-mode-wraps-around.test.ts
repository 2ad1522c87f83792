import { expect, test } from 'vitest';
import { offsetsFor } from '../src/job/offsets.js';
import { jobPlan } from './support/job-plan.js';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

test('after the last block comes the first', () => {
  const offsets = offsetsFor(jobPlan({ random: false, bs: 1000, offset: 500, blocks: 4, firstBlock: 2 }));
  const seen = Array.from({ length: 7 }, () => offsets.next());
  expect(seen).toEqual([2500, 3500, 500, 1500, 2500, 3500, 500]);
});

test('a single block is read again and again', () => {
  const offsets = offsetsFor(jobPlan({ random: false, blocks: 1 }));
  expect([offsets.next(), offsets.next()]).toEqual([0, 0]);
});

test('a rest shorter than a block is left out, and all in flight share one cursor', async () => {
  const seen: number[] = [];
  const uri = await serve(readsThrough(2 ** 16, (offset) => void seen.push(offset)));
  const args = ['--rw', 'read', '--bs', '4k', '--size', '15k', '--iodepth', '4', '--runtime', '0.1'];
  expect((await runCli([uri, ...args])).status).toBe(0);
  expect(seen.length).toBeGreaterThan(3);
  expect(seen).toEqual(seen.map((_, index) => (index % 3) * 4096));
});
