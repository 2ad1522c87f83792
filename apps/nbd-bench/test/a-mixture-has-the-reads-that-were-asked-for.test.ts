import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Work } from '../src/job/work.js';
import { jobPlan } from './support/job-plan.js';
import { runCli } from './support/run-cli.js';

test.each([10, 50, 90])('%i percent', (readPercent) => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const work = new Work(jobPlan({ readPercent, seed }));
      let reads = 0;
      for (let i = 0; i < 10_000; i++) {
        work.next();
        if (!work.isWrite) reads++;
      }
      // Six standard deviations: once in a billion.
      expect(Math.abs(reads - readPercent * 100)).toBeLessThan(6 * 50);
    }),
  );
});

test('and figures for each direction', async () => {
  const args = ['--rw', 'randrw', '--rwmixread', '75', '--runtime', '0.2', '--output-format', 'json'];
  const { stdout, stderr } = await runCli(args);
  expect(stderr).toBe('');
  const { totals, jobs } = JSON.parse(stdout);
  for (const { read, write, ios } of [totals, jobs[0]]) {
    expect(read.ios + write.ios).toBe(ios);
    expect(read.ios).toBeGreaterThan(write.ios);
    expect(write.ios).toBeGreaterThan(0);
    expect(read.latencyUs.p50).toBeGreaterThan(0);
  }
  const table = await runCli(['--rw', 'readwrite', '--runtime', '0.1']);
  expect(table.stdout).toMatch(/\nload +readwrite \(50 % reads\), /);
  expect(table.stdout).toMatch(/\nreads [^\n]+\nwrites [^\n]+\ntotal /);
});
