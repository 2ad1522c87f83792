import {
  AioContext,
  type Clock,
  getCurrentAioContext,
  realtimeClock,
  throwUncaught,
} from '@coaio/aio-context';
import type { Co } from '@coaio/coroutine';
import { connectAttempts, type Outcome } from './connect-attempts.js';
import {
  endWait,
  finish,
  handOver,
  IDLE,
  RELEASED,
  RUNNING,
  release,
  stateOf,
  takeLeft,
} from './connect-word.js';
import { ConnectionShare } from './connection-share.js';
import { type EstablishOptions, EstablishWait, released } from './establish-wait.js';
import { CONNECT_WORD, CONNECTION_WORDS, HOME } from './layout.js';
import { localConnections } from './local-connections.js';
import type { NbdClientConnectionHandle } from './nbd-client-connection-handle.js';
import { attachConnection, type RemoteNbdClientConnection } from './remote-nbd-client-connection.js';

export interface NbdClientConnectionOptions<T> {
  /** Called with a result that nobody adopts: close it. */
  discard: (result: T) => void;
  /**
   * Where attempts are made, whatever becomes of who waits for them; default: the current context, or one of its own in a thread that has
   * none. It must stay open until the connection is released.
   */
  context?: AioContext | undefined;
  /** Try again when an attempt fails, 1, 2, 4, 8, then 16 s later; default false. See `setRetry`. */
  retry?: boolean | undefined;
  /** Whose seconds these are; default: real time. */
  clock?: Clock | undefined;
  /** Shown in errors and reports. */
  name?: string | undefined;
  /** Told of each attempt that fails. */
  onAttemptFailed?: ((error: unknown) => void) | undefined;
  /** What `establish` in another thread gets for the result: fit for structured clone, such as a channel's handle. */
  share?: ((result: T) => unknown) | undefined;
}

/**
 * How a client gets its connection (QEMU's `NBDClientConnection`): an attempt runs on its own, one coroutine at a time waits for it, and
 * may be told to stop waiting. The attempt goes on then, and the next `establish` adopts what comes of it.
 *
 * @thread home. Another thread has `cancel`, `release` and `establish` on what `attach` makes of the {@link handle}.
 */
export class NbdClientConnection<T> {
  readonly name: string;
  readonly #attempt: (signal: AbortSignal) => Promise<T>;
  readonly #options: NbdClientConnectionOptions<T>;
  readonly #context: AioContext;
  readonly #words: Int32Array;
  readonly #wait: EstablishWait<T>;
  #retry: boolean;
  /** Of the attempts under way. */
  #running: AbortController | null = null;
  #outcome: Outcome<T> | null = null;
  #lastError: unknown;
  #shared: ConnectionShare<T> | null = null;

  /** `attempt` makes one connection, with all that it takes until requests can be sent; it gives up when its signal aborts. */
  constructor(attempt: (signal: AbortSignal) => Promise<T>, options: NbdClientConnectionOptions<T>) {
    this.name = options.name ?? 'nbd-client-connection';
    this.#attempt = attempt;
    this.#options = options;
    this.#context = options.context ?? getCurrentAioContext() ?? new AioContext({ name: this.name });
    this.#retry = options.retry ?? false;
    const memory = new SharedArrayBuffer(CONNECTION_WORDS * Int32Array.BYTES_PER_ELEMENT);
    this.#words = new Int32Array(memory);
    this.#wait = new EstablishWait<T>({
      name: this.name,
      words: this.#words,
      seat: HOME,
      look: () => this.#look(),
      outcome: () => this.#outcome,
      taken: () => this.#look(),
      lastError: () => this.#lastError,
    });
  }

  /**
   * The connection itself in its own thread, a view of it in another.
   *
   * @throws NbdUsageError `NBD_BAD_ARGUMENT`; AioContextError `AIO_BAD_HANDLE`, `AIO_OTHER_MEMORY`.
   */
  static attach<T = unknown>(
    handle: NbdClientConnectionHandle,
  ): NbdClientConnection<T> | RemoteNbdClientConnection<T> {
    const view = attachConnection<T>(handle);
    const own = localConnections.get(handle.look.cell, handle.look.generation);
    return own instanceof NbdClientConnection ? own : view;
  }

  /** What names it in other threads. From now on it must be released. @throws NbdUsageError `NBD_CLOSED` */
  get handle(): NbdClientConnectionHandle {
    if (stateOf(Atomics.load(this.#words, CONNECT_WORD)) >= RELEASED) throw released(this.name);
    this.#shared ??= new ConnectionShare<T>({
      connection: this,
      name: this.name,
      context: this.#context,
      words: this.#words,
      share: this.#options.share,
      look: () => this.#lookForOthers(),
      hasResult: () => this.#outcome !== null && 'result' in this.#outcome,
    });
    return this.#shared.handle;
  }

  /** Whether failed attempts are followed by others, from the next failure on (`nbd_client_connection_enable_retry`). */
  setRetry(retry: boolean): void {
    this.#retry = retry;
  }

  /**
   * The connection: adopts what an earlier attempt has come to, else waits for one, which it starts if none is under way
   * (`nbd_co_establish_connection`). The caller owns it then. Not `blocking`: what is there, or null; an error that nobody was told of is
   * thrown once.
   *
   * @throws what the attempt threw, the signal's reason; ConnectionLostError `NBD_CANCELLED`: see {@link cancel}, its `cause` is the last
   * failure; NbdUsageError `NBD_BUSY`: another coroutine waits, `NBD_CLOSED`; CoroutineError `COROUTINE_OUTSIDE`.
   */
  establish(options: EstablishOptions = {}): Co<T | null> {
    return this.#wait.establish(options);
  }

  /**
   * Ends the wait of whoever is in `establish`, with `NBD_CANCELLED` (`nbd_co_establish_connection_cancel`). The attempt goes on. A no-op
   * when nobody waits, or the attempt came first. In a coroutine or outside.
   */
  cancel(): void {
    this.#wake(endWait(this.#words));
  }

  /**
   * For good (`nbd_client_connection_release`). Whoever waits gets `NBD_CLOSED`. An attempt that runs sees its signal abort; what it
   * comes to all the same is discarded, as is what nobody has adopted. Again is no error.
   */
  release(): void {
    this.#wake(release(this.#words));
    this.#look();
  }

  /** Does what the word asks of this thread. */
  #look(): void {
    const state = stateOf(Atomics.load(this.#words, CONNECT_WORD));
    if (state === RUNNING && this.#running === null) this.#start();
    // Adopted.
    if (state === IDLE) this.#outcome = null;
    if (state >= RELEASED) this.#end();
    const waitCo = handOver(this.#words);
    if (waitCo === HOME) this.#wait.wake();
    else if (waitCo !== 0) this.#send(waitCo);
  }

  /** It was rung, or the like. */
  #lookForOthers(): void {
    this.#look();
    this.#wait.wake();
  }

  #start(): void {
    const { clock = realtimeClock, onAttemptFailed } = this.#options;
    const running = new AbortController();
    this.#running = running;
    this.#outcome = null;
    this.#lastError = undefined;
    const ended = (outcome: Outcome<T>): void => this.#finish(outcome);
    connectAttempts<T>({
      attempt: this.#attempt,
      context: this.#context,
      clock,
      signal: running.signal,
      retry: () => this.#retry,
      failed: (error) => {
        this.#lastError = error;
        onAttemptFailed?.(error);
      },
    }).then(ended, (error: unknown) => ended({ error }));
  }

  #finish(outcome: Outcome<T>): void {
    this.#running = null;
    if (!finish(this.#words, 'result' in outcome)) this.#discard(outcome);
    else this.#outcome = outcome;
    this.#look();
  }

  /** It is released: nothing of it is left but an attempt that has not heard of it yet. */
  #end(): void {
    this.#running?.abort(released(this.name));
    const outcome = this.#outcome;
    this.#outcome = null;
    if (takeLeft(this.#words) && outcome !== null) this.#discard(outcome);
    this.#shared?.close();
    this.#shared = null;
    // A ring for it that is on its way comes to nothing now.
    this.#wait.wake();
  }

  #discard(outcome: Outcome<T>): void {
    if (!('result' in outcome)) return;
    try {
      this.#options.discard(outcome.result);
    } catch (error) {
      throwUncaught(error);
    }
  }

  #wake(waitCo: number): void {
    if (waitCo === HOME) this.#wait.wake();
    else if (waitCo !== 0) this.#shared?.ring(waitCo);
  }

  /** The outcome is a waiter's in another thread. */
  #send(seat: number): void {
    const outcome = this.#outcome as Outcome<T>;
    try {
      this.#shared?.send(seat, outcome);
    } catch (error) {
      // What cannot be shared is of no use to the waiter, and nobody else's.
      this.#outcome = { error };
      this.#discard(outcome);
      this.#shared?.send(seat, { error });
    }
  }
}
