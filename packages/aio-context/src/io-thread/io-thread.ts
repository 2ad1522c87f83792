import { Worker } from 'node:worker_threads';
import { AioContextError } from '../aio-context-error.js';
import { fromErrorRecord } from './error-record.js';
import type { IOThreadReply, IOThreadRequest, IOThreadWorkerData } from './messages.js';

export interface IOThreadOptions {
  /** Shown in errors and by debuggers; default `iothread`. */
  name?: string;
}

interface Run {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** `joining`: no new run is taken. `died`: it ended before it was joined. */
type IOThreadState = 'running' | 'joining' | 'joined' | 'died';

/**
 * A worker thread with an {@link AioContext} of its own, which is current in what it runs (QEMU's `IOThread`).
 * It stays alive, and keeps the process alive, until it is joined.
 *
 * @thread home: used by the thread that started it.
 */
export class IOThread {
  readonly name: string;
  readonly #worker: Worker;
  readonly #runs = new Map<number, Run>();
  readonly #exited: Promise<void>;
  #state: IOThreadState = 'running';
  #death: AioContextError | undefined;
  #idle: (() => void) | undefined;
  #nextId = 1;

  /** Resolves once the worker's context is there to run something. */
  static async start(options: IOThreadOptions = {}): Promise<IOThread> {
    const name = options.name ?? 'iothread';
    const workerData: IOThreadWorkerData = { coaioIOThread: { name } };
    const worker = new Worker(new URL('./io-thread-worker.js', import.meta.url), { name, workerData });
    const thread = new IOThread(name, worker);
    await thread.#request((id) => id);
    return thread;
  }

  private constructor(name: string, worker: Worker) {
    this.name = name;
    this.#worker = worker;
    worker.on('message', (reply: IOThreadReply) => this.#handleReply(reply));
    // Told of at the exit and not before: answers that the thread gave earlier may arrive later than its error.
    let uncaught: { error: unknown } | undefined;
    worker.on('error', (error) => {
      uncaught = { error };
    });
    this.#exited = new Promise((resolve) => {
      worker.on('exit', (exitCode) => {
        if (uncaught !== undefined) this.#die('an uncaught exception', uncaught.error);
        // With runs left it was not the end that join asked for.
        else if (this.#state === 'joining' && this.#runs.size === 0) this.#state = 'joined';
        else this.#die(`exit code ${exitCode}`);
        resolve();
      });
    });
  }

  /**
   * Calls the export `exportName` of the module at `moduleUrl` in the thread and resolves with what it returns,
   * a promise's value included. Arguments and result are structured-cloned. What it throws arrives as an `Error`
   * with the same name, message, `code` and fields.
   *
   * @throws AioContextError `IOTHREAD_BAD_ENTRY`: no such module or function; `IOTHREAD_NOT_RUNNING`: joined already;
   * `IOTHREAD_DIED`: the thread ended before the answer.
   */
  async run<T = unknown>(moduleUrl: string | URL, exportName: string, ...args: unknown[]): Promise<T> {
    if (this.#state !== 'running') {
      throw (
        this.#death ??
        new AioContextError(
          'IOTHREAD_NOT_RUNNING',
          `run "${exportName}": thread "${this.name}" is ${this.#state}`,
        )
      );
    }
    return (await this.#request((id) => {
      this.#send({ type: 'run', id, moduleUrl: String(moduleUrl), exportName, args });
      return id;
    })) as T;
  }

  /**
   * Waits for the runs under way, then ends the thread (`iothread_stop`). A thread that died rejects with
   * `IOTHREAD_DIED`. May be called again.
   */
  async join(): Promise<void> {
    if (this.#state === 'running') {
      this.#state = 'joining';
      if (this.#runs.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
      this.#send({ type: 'stop' });
    }
    await this.#exited;
    if (this.#death !== undefined) throw this.#death;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.join();
  }

  #send(request: IOThreadRequest): void {
    this.#worker.postMessage(request);
  }

  #request(send: (id: number) => number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#runs.set(id, { resolve, reject });
      try {
        send(id);
      } catch (error) {
        // An argument that cannot be cloned.
        this.#take(id)?.reject(error);
      }
    });
  }

  #handleReply(reply: IOThreadReply): void {
    switch (reply.type) {
      case 'started':
        this.#take(1)?.resolve(undefined);
        break;
      case 'ended':
        this.#take(reply.id)?.resolve(reply.value);
        break;
      case 'failed':
        this.#take(reply.id)?.reject(fromErrorRecord(reply.error));
        break;
    }
  }

  #take(id: number): Run | undefined {
    const run = this.#runs.get(id);
    this.#runs.delete(id);
    if (this.#runs.size === 0) this.#idle?.();
    return run;
  }

  #die(how: string, cause?: unknown): void {
    this.#state = 'died';
    this.#death = new AioContextError(
      'IOTHREAD_DIED',
      `thread "${this.name}" ended with ${how}${cause instanceof Error ? `: ${cause.message}` : ''}`,
      { cause },
    );
    for (const id of [...this.#runs.keys()]) this.#take(id)?.reject(this.#death);
  }
}
