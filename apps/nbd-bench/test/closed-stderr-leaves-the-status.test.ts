import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const COMMAND = fileURLToPath(new URL('../dist/nbd-bench.js', import.meta.url));

test('what nobody reads changes nothing', async () => {
  const child = spawn(process.execPath, [COMMAND, '--bogus'], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr?.destroy();
  expect(await once(child, 'exit')).toEqual([2, null]);
});
