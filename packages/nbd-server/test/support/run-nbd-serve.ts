import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../dist/nbd-serve.js', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The command `nbd-serve` as a process of its own. It is killed if it outlives the test. */
export class NbdServe {
  readonly process: ChildProcess;
  readonly ended: Promise<Outcome>;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[]) {
    this.process = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (text) => {
      this.#stdout += text;
    });
    this.process.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
    this.ended = once(this.process, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
    onTestFinished(() => void this.process.kill('SIGKILL'));
  }

  /** The first line that it prints. */
  async line(): Promise<string> {
    while (!this.#stdout.includes('\n')) {
      const outcome = await Promise.race([
        this.ended,
        once(this.process.stdout as NodeJS.EventEmitter, 'data'),
      ]);
      if (!Array.isArray(outcome)) throw new Error(`it ended: ${outcome.stderr}`);
    }
    return this.#stdout.slice(0, this.#stdout.indexOf('\n'));
  }
}
