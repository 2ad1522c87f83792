import { BroadcastChannel } from 'node:worker_threads';
import { BottomHalf, getIohandlerAioContext, type RemoteBottomHalf } from '@coaio/aio-context';
import { type ErrorRecord, fromErrorRecord, joinThreads } from '@coaio/aio-context/shared';
import { type Co, coSelf } from '@coaio/coroutine';
import { NbdUsageError } from '@coaio/nbd-protocol';
import { ConnectionLostError } from '../nbd-client-error.js';
import type { Outcome } from './connect-attempts.js';
import { endWait, RELEASED, release, stateOf } from './connect-word.js';
import { type EstablishOptions, EstablishWait } from './establish-wait.js';
import { CONNECT_WORD, SEATS } from './layout.js';
import { localConnections } from './local-connections.js';
import {
  assertHandle,
  type NbdClientConnectionHandle,
  type OutcomeMessage,
} from './nbd-client-connection-handle.js';
import { leaveSeat, ringLook, ringSeat, takeSeat } from './seats.js';

/**
 * Another thread's view of an `NbdClientConnection`, from its `attach(handle)`. Attempts are made in the connection's thread. The view
 * holds nothing but while a coroutine waits in `establish`.
 *
 * @thread the one that attached it.
 */
export class RemoteNbdClientConnection<T> {
  readonly handle: NbdClientConnectionHandle;
  readonly #words: Int32Array;
  readonly #look: RemoteBottomHalf;

  /** @internal */
  constructor(handle: NbdClientConnectionHandle) {
    assertHandle(handle);
    this.handle = handle;
    // In its own thread a handle gives the connection itself.
    this.#look = BottomHalf.attach(handle.look) as RemoteBottomHalf;
    this.#words = new Int32Array(handle.memory);
  }

  get name(): string {
    return this.handle.name;
  }

  /**
   * As in the connection's thread, but gives what the option `share` has made of the result. That is for the calling thread to keep:
   * should it end, what it has adopted is not discarded.
   *
   * @throws the same, errors of attempts as plain ones with their fields; ConnectionLostError `NBD_THREAD_GONE`: the connection's thread has
   * ended; NbdUsageError `NBD_NOT_SHARED`: the connection has no `share`.
   */
  *establish(options: EstablishOptions = {}): Co<T | null> {
    coSelf();
    const { outcomes } = this.handle;
    if (outcomes === undefined) {
      throw new NbdUsageError(
        'NBD_NOT_SHARED',
        'establish',
        `"${this.name}" has no option share: its results stay in their thread`,
      );
    }
    const waiter = new RemoteWaiter<T>(this.handle, outcomes, this.#words, this.#look);
    try {
      return yield* waiter.establish(options);
    } finally {
      waiter.end();
    }
  }

  cancel(): void {
    this.#wake(endWait(this.#words));
  }

  release(): void {
    const waitCo = release(this.#words);
    ringLook(this.#look);
    this.#wake(waitCo);
  }

  #wake(waitCo: number): void {
    if (waitCo !== 0) ringSeat(this.#words, joinThreads(), waitCo, this.#look);
  }
}

/** A wait in another thread: a seat, a bell, and an inbox for the outcome. */
class RemoteWaiter<T> {
  readonly #handle: NbdClientConnectionHandle;
  readonly #words: Int32Array;
  readonly #look: RemoteBottomHalf;
  readonly #bell: BottomHalf;
  readonly #inbox: BroadcastChannel;
  readonly #seat: number;
  readonly #wait: EstablishWait<T>;
  #outcome: Outcome<T> | null = null;

  constructor(
    handle: NbdClientConnectionHandle,
    outcomes: string,
    words: Int32Array,
    look: RemoteBottomHalf,
  ) {
    this.#handle = handle;
    this.#words = words;
    this.#look = look;
    this.#bell = getIohandlerAioContext().createBottomHalf(() => this.#wait.wake(), 'bell');
    this.#seat = takeSeat(words, joinThreads(), this.#bell.handle);
    if (this.#seat === 0) {
      this.#bell.delete();
      throw new NbdUsageError('NBD_BUSY', 'establish', `${SEATS} coroutines want "${handle.name}" already`);
    }
    this.#inbox = new BroadcastChannel(outcomes);
    this.#inbox.onmessage = (event) => this.#receive((event as { data: OutcomeMessage }).data);
    this.#wait = new EstablishWait<T>({
      name: handle.name,
      words,
      seat: this.#seat,
      look: () => this.#ring(),
      outcome: () => this.#outcomeHere(),
      taken: () => void ringLook(look),
      lastError: () => undefined,
    });
    localConnections.listen(this);
  }

  establish(options: EstablishOptions): Co<T | null> {
    return this.#wait.establish(options);
  }

  end(): void {
    localConnections.unlisten(this);
    this.#inbox.close();
    this.#bell.delete();
    leaveSeat(this.#words, this.#seat);
  }

  /** It may have been the connection's, or one that was about to ring this waiter. */
  threadEnded(): void {
    this.#wait.kick();
  }

  #receive({ seat, outcome }: OutcomeMessage): void {
    if (seat !== this.#seat) return;
    this.#outcome =
      'result' in outcome
        ? (outcome as Outcome<T>)
        : { error: fromErrorRecord(outcome.error as ErrorRecord) };
    this.#wait.wake();
  }

  #ring(): void {
    if (ringLook(this.#look)) return;
    if (stateOf(Atomics.load(this.#words, CONNECT_WORD)) >= RELEASED) return;
    throw this.#threadGone();
  }

  #outcomeHere(): Outcome<T> | null {
    if (this.#outcome === null && !this.#look.isAlive) throw this.#threadGone();
    return this.#outcome;
  }

  #threadGone(): ConnectionLostError {
    return new ConnectionLostError(
      'establish',
      'its thread has ended, or its context is closed',
      'NBD_THREAD_GONE',
      `nobody connects "${this.#handle.name}" any more`,
    );
  }
}

export function attachConnection<T>(handle: NbdClientConnectionHandle): RemoteNbdClientConnection<T> {
  return new RemoteNbdClientConnection<T>(handle);
}
