import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { QIOChannelError } from '../qio-channel-error.js';
import { takeHandle } from '../socket/node-handle.js';
import { QIOChannelCommandError } from './qio-channel-command-error.js';
import { StderrTail } from './stderr-tail.js';
import { terminatedAtExit } from './terminated-at-exit.js';

/** What of the command is the channel: its stdout is read, its stdin written. */
export type CommandFlags = 'r' | 'w' | 'rw';

/** How a command ended: one of the two is not null. */
export interface CommandExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

/** A command that runs, from its start until the system has told how it ended. */
export class CommandProcess {
  readonly exited: Promise<CommandExit>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #stderr: StderrTail;
  #exit: CommandExit | null = null;
  #waiting = new Set<() => void>();
  /** `left`: it is closed, and holds the process open only while somebody waits for the end. */
  #state: 'running' | 'left' | 'exited' = 'running';
  #holders = 0;

  /** @throws QIOChannelError `QIO_CHANNEL_COMMAND` with the system's `errno`. */
  static async spawn(
    name: string,
    [file = '', ...args]: readonly string[],
    flags: CommandFlags,
    { cwd, env }: ProcessOptions,
  ): Promise<CommandProcess> {
    const failed = (cause: unknown): QIOChannelError =>
      new QIOChannelError('QIO_CHANNEL_COMMAND', cwd === undefined ? name : `${name} in ${cwd}`, cause);
    let child: ChildProcess;
    try {
      child = spawn(file, args, {
        cwd,
        env,
        stdio: [flags === 'r' ? 'ignore' : 'pipe', flags === 'w' ? 'ignore' : 'pipe', 'pipe'],
        windowsHide: true,
      });
    } catch (error) {
      throw failed(error);
    }
    // Only a child that has started has one; why it has not comes as an event.
    if (child.pid === undefined) {
      const [error] = await once(child, 'error');
      throw failed(error);
    }
    return new CommandProcess(name, child);
  }

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    this.#stderr = new StderrTail(child.stderr as Socket);
    // A signal that could not be sent: the command ends or not, which is told anyway.
    child.on('error', () => {});
    this.exited = new Promise((resolve) => {
      child.once('exit', (exitCode, signal) => {
        this.#exit = { exitCode, signal };
        this.#state = 'exited';
        for (const tell of this.#waiting) tell();
        resolve(this.#exit);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The connection to its stdin or stdout. Only in the turn of the start: later Node may have read from it. */
  takeStdio(which: 'stdin' | 'stdout'): unknown {
    return takeHandle(this.#child[which] as Socket);
  }

  /** What went wrong, once it has ended; null if nothing. */
  get failure(): QIOChannelCommandError | null {
    if (this.#exit === null || (this.#exit.exitCode === 0 && this.#exit.signal === null)) return null;
    return new QIOChannelCommandError(this.#name, this.#exit, this.#stderr.text);
  }

  /** Calls `tell` once the command has ended, or has not for `waitMs`; at once if it has. */
  afterExit(waitMs: number, tell: () => void): void {
    if (this.#state === 'exited' || waitMs === 0) {
      tell();
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    const ended = (): void => {
      clearTimeout(timer);
      tell();
    };
    this.#waiting.add(ended);
    if (waitMs === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(() => {
      this.#waiting.delete(ended);
      tell();
    }, waitMs).unref();
  }

  /** Keeps this process from ending before the command has, until the returned function is called. */
  hold(): () => void {
    this.#holders++;
    this.#holdOrNot();
    return () => {
      this.#holders--;
      this.#holdOrNot();
    };
  }

  /** Nobody wants it any more: it has `termAfterMs` to end by itself, is then asked to, and killed after `killAfterMs` more. */
  terminate(termAfterMs: number, killAfterMs: number): void {
    if (this.#state !== 'running') return;
    this.#state = 'left';
    this.#holdOrNot();
    // Nobody stays to ask it later.
    const term = () => this.#child.kill('SIGTERM');
    terminatedAtExit.add(term);
    this.#waiting.add(() => terminatedAtExit.delete(term));
    if (termAfterMs === 0) this.#terminateNow(killAfterMs);
    else this.#after(termAfterMs, () => this.#terminateNow(killAfterMs));
  }

  #terminateNow(killAfterMs: number): void {
    this.#child.kill('SIGTERM');
    this.#after(killAfterMs, () => this.#child.kill('SIGKILL'));
  }

  /** Unless it has ended by then. */
  #after(ms: number, callback: () => void): void {
    const timer = setTimeout(callback, ms).unref();
    this.#waiting.add(() => clearTimeout(timer));
  }

  #holdOrNot(): void {
    if (this.#state !== 'left') return;
    if (this.#holders > 0) this.#child.ref();
    else this.#child.unref();
  }
}
