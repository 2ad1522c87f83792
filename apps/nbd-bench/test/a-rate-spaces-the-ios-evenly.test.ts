import { expect, test } from 'vitest';
import { Pacer } from '../src/job/pacer.js';
import { runCli } from './support/run-cli.js';

test('one each interval, whoever asks', () => {
  const pacer = new Pacer(500, 1000);
  expect([1000, 1000, 1003, 1003].map((now) => pacer.take(now))).toEqual([1000, 1002, 1004, 1006]);
});

test('who is late catches up, but not on more than a second', () => {
  const pacer = new Pacer(100, 0);
  expect(pacer.take(0)).toBe(0);
  expect([500, 500].map((now) => pacer.take(now))).toEqual([10, 20]);
  expect([9000, 9000].map((now) => pacer.take(now))).toEqual([8000, 8010]);
});

test('the command keeps to it', async () => {
  const { stdout } = await runCli(['--rate-iops', '200', '--runtime', '0.5', '--output-format', 'json']);
  const { ios } = JSON.parse(stdout).totals;
  // Slower it may be, on a busy machine; the first begins at once.
  expect(ios).toBeGreaterThan(0);
  expect(ios).toBeLessThanOrEqual(101);
});
