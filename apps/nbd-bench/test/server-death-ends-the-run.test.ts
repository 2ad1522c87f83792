import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';

const SERVER = fileURLToPath(new URL('./children/dies-while-serving.mjs', import.meta.url));

test.each(['1', '3'])(
  'at once, for all of %s jobs, with one line that says which and what',
  async (numjobs) => {
    const server = spawn(process.execPath, [SERVER, join(newFolder(), 'nbd.sock')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void server.kill('SIGKILL'));
    const [line] = await once(server.stdout, 'data');
    // Far longer than this test may take.
    const { status, stdout, stderr } = await runCli([
      String(line).trim(),
      ...['--runtime', '600', '--numjobs', numjobs],
    ]);
    expect(stderr).toMatch(/^nbd-bench: job [123]: read of 4096 bytes at [0-9]+: [^\n]+\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  },
);
