import { Worker } from 'node:worker_threads';
import { AioContext } from '../aio-context.js';
import { AioContextError } from '../aio-context-error.js';
import type { AioContextHandle } from '../context-cell.js';
import type { RemoteAioContext } from '../remote-aio-context.js';
import { joinThreads } from '../shared/this-thread.js';
import { type PollParams, PollWindow } from '../thread-loop/poll-window.js';
import { fromErrorRecord } from './error-record.js';
import type { IOThreadReply, IOThreadRequest, IOThreadWorkerData } from './messages.js';

export interface IOThreadOptions extends Partial<PollParams> {
  /** Shown in errors and by debuggers; default `iothread`. */
  name?: string;
}

/** QEMU's defaults. */
const POLL_PARAMS: PollParams = { pollMaxNs: 32768, pollGrow: 0, pollShrink: 0 };

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
 * @thread home: used by the thread that started it. Its {@link context} has a handle for others.
 */
export class IOThread {
  readonly name: string;
  readonly #worker: Worker;
  readonly #pollWindow = new PollWindow();
  readonly #runs = new Map<number, Run>();
  readonly #exited: Promise<void>;
  readonly #started: Promise<AioContextHandle>;
  #context: RemoteAioContext | undefined;
  #state: IOThreadState = 'running';
  #death: AioContextError | undefined;
  #idle: (() => void) | undefined;
  #nextId = 1;

  /**
   * Resolves once the worker's context is there to run something.
   *
   * @throws AioContextError `AIO_POLL_PARAMS`; `IOTHREAD_DIED`: it could not start.
   */
  static async start(options: IOThreadOptions = {}): Promise<IOThread> {
    const { name = 'iothread', ...given } = options;
    const thread = new IOThread(name, given);
    // In its home thread a handle gives the context itself: this is not the home.
    thread.#context = AioContext.attach(await thread.#started) as RemoteAioContext;
    return thread;
  }

  private constructor(name: string, pollParams: Partial<PollParams>) {
    this.name = name;
    this.#pollWindow.set({ ...POLL_PARAMS, ...pollParams });
    // Before the worker is made, which inherits it.
    joinThreads();
    const workerData: IOThreadWorkerData = { coaioIOThread: { name, pollParams: this.pollParams } };
    const worker = new Worker(new URL('./io-thread-worker.js', import.meta.url), { name, workerData });
    this.#worker = worker;
    this.#started = this.#request(() => {}) as Promise<AioContextHandle>;
    worker.on('message', (reply: IOThreadReply) => this.#handleReply(reply));
    worker.on('messageerror', () => this.#count());
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
        else this.#die(this.#terminated ? 'terminate' : `exit code ${exitCode}`);
        resolve();
      });
    });
  }

  /** Its context, to be notified, locked, or given to other threads by its handle (`iothread_get_aio_context`). */
  get context(): RemoteAioContext {
    if (this.#context === undefined) throw new Error('unreachable: start waits for it');
    return this.#context;
  }

  /** How it polls before it sleeps; QEMU's names and defaults. */
  get pollParams(): PollParams {
    return this.#pollWindow.params;
  }

  get pollMaxNs(): number {
    return this.pollParams.pollMaxNs;
  }
  get pollGrow(): number {
    return this.pollParams.pollGrow;
  }
  get pollShrink(): number {
    return this.pollParams.pollShrink;
  }

  /** Takes effect when the thread next looks at its messages. @throws AioContextError `AIO_POLL_PARAMS`, `IOTHREAD_NOT_RUNNING`, `IOTHREAD_DIED`. */
  setPollParams(params: Partial<PollParams>): void {
    this.#assertRunning('setPollParams');
    this.#pollWindow.set(params);
    this.#send({ type: 'poll-params', params });
  }

  /**
   * Calls the export `exportName` of the module at `moduleUrl`, an absolute URL, in the thread and resolves with what it returns,
   * a promise's value included. Arguments and result are structured-cloned, handles among them. What it throws arrives as
   * an `Error` with the same name, message, `code` and fields.
   *
   * @throws AioContextError `IOTHREAD_BAD_ENTRY`: no such module or function; `IOTHREAD_NOT_RUNNING`: joined already;
   * `IOTHREAD_UNREADABLE`: the arguments or the result were cloned, but could not be read on the other side; `IOTHREAD_DIED`: the thread ended before the answer.
   */
  async run<T = unknown>(moduleUrl: string | URL, exportName: string, ...args: unknown[]): Promise<T> {
    this.#assertRunning(`run "${exportName}"`);
    return (await this.#request((id) => {
      this.#send({ type: 'run', id, moduleUrl: String(moduleUrl), exportName, args });
    })) as T;
  }

  /**
   * Waits for the runs under way and for what is scheduled in its context then, not for timers, and ends the thread (`iothread_stop`). A thread that died rejects with
   * `IOTHREAD_DIED`. May be called again. What others do with handles of things in it fails from then on with a code.
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

  /** Ends the thread wherever it is, in an endless loop too. Its runs reject with `IOTHREAD_DIED`. */
  async terminate(): Promise<void> {
    this.#terminated = this.#state === 'running' || this.#state === 'joining';
    await this.#worker.terminate();
    await this.#exited;
  }
  #terminated = false;

  async [Symbol.asyncDispose](): Promise<void> {
    await this.join();
  }

  #assertRunning(operation: string): void {
    if (this.#state === 'running') return;
    throw (
      this.#death ??
      new AioContextError('IOTHREAD_NOT_RUNNING', `${operation}: thread "${this.name}" is ${this.#state}`)
    );
  }

  #send(request: IOThreadRequest): void {
    this.#worker.postMessage(request);
  }

  #request(send: (id: number) => void): Promise<unknown> {
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
        this.#take(1)?.resolve(reply.context);
        break;
      case 'ended':
        this.#take(reply.id)?.resolve(reply.value);
        break;
      case 'failed':
        this.#take(reply.id)?.reject(fromErrorRecord(reply.error));
        break;
      case 'unreadable':
        this.#count();
        break;
      case 'under-way':
        this.#failLost(reply.before, reply.ids);
        break;
    }
  }

  /** A message was lost on the way, and nobody knows which: messages keep their order, so the count tells. */
  #count(): void {
    this.#send({ type: 'count', before: this.#nextId });
  }

  #failLost(before: number, underWay: number[]): void {
    for (const id of [...this.#runs.keys()]) {
      if (id >= before || underWay.includes(id)) continue;
      this.#take(id)?.reject(
        new AioContextError(
          'IOTHREAD_UNREADABLE',
          `run: a message to or from thread "${this.name}" could not be deserialized`,
        ),
      );
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
