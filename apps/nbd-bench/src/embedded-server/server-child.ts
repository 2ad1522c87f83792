import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError, EXIT_RUN } from '../cli/failure.js';
import { TemporaryFolder } from './temporary-folder.js';

const SCRIPT = fileURLToPath(new URL('./server-process.js', import.meta.url));

/** The embedded server in a process of its own: every contender finds it the same way. */
export async function withServerChild<T>(work: (uri: string) => Promise<T>): Promise<T> {
  const folder = new TemporaryFolder();
  try {
    const child = spawn(process.execPath, [SCRIPT, join(folder.path, 'nbd.sock')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // A terminal's Ctrl-C is for the parent alone, which then closes stdin.
      detached: true,
    });
    const exited = once(child, 'exit');
    try {
      const [line] = (await Promise.race([once(child.stdout, 'data'), exited])) as unknown[];
      if (!Buffer.isBuffer(line)) throw new BenchError(EXIT_RUN, 'embedded server: it did not start');
      return await work(line.toString().trim());
    } finally {
      child.stdin.end();
      await exited;
    }
  } finally {
    folder.remove();
  }
}
