import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const COMMAND = fileURLToPath(new URL('../dist/nbd-bench.js', import.meta.url));

test.skipIf(!existsSync('/dev/full'))('results that cannot be written: one line, status 1', () => {
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, '--runtime', '0.1'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^nbd-bench: output: [^\n]*ENOSPC[^\n]*\n$/);
  expect(status).toBe(1);
});
