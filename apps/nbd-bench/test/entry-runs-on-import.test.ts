import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const entry = new URL('../dist/nbd-bench.js', import.meta.url).href;

test('with the arguments that process.argv has then', () => {
  const script = `process.argv = ['node', 'nbd-bench', '--rw', 'nonsense']; await import('${entry}')`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^nbd-bench: option '--rw <mode>' argument 'nonsense' is invalid\./);
  expect(status).toBe(2);
});
