import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const COMMAND = fileURLToPath(new URL('../../dist/nbd-serve.js', import.meta.url));

const childPath = (name: string): string => fileURLToPath(new URL(`../children/${name}`, import.meta.url));

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

  /** @param starter a script of `../children` that starts it, with the same arguments. */
  constructor(args: readonly string[], starter?: string) {
    const scripts = starter === undefined ? [COMMAND] : [childPath(starter), COMMAND];
    this.process = spawn(process.execPath, [...scripts, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
    const [line] = await this.lines(1);
    return line as string;
  }

  /** The first `count` lines that it prints. */
  async lines(count: number): Promise<string[]> {
    await this.#until('stdout', () => this.#stdout.split('\n').length > count);
    return this.#stdout.split('\n').slice(0, count);
  }

  /** The first line on stderr. */
  async complaint(): Promise<string> {
    await this.#until('stderr', () => this.#stderr.includes('\n'));
    return this.#stderr.slice(0, this.#stderr.indexOf('\n'));
  }

  /** SIGTERM, and what has become of it. */
  async stop(): Promise<Outcome> {
    this.process.kill('SIGTERM');
    return await this.ended;
  }

  async #until(stream: 'stdout' | 'stderr', isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      const outcome = await Promise.race([
        this.ended,
        once(this.process[stream] as NodeJS.EventEmitter, 'data'),
      ]);
      if (!Array.isArray(outcome)) throw new Error(`it ended: ${outcome.stderr}`);
    }
  }
}
