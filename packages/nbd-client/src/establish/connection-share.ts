import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import type { AioContext, BottomHalf } from '@coaio/aio-context';
import { joinThreads, toErrorRecord } from '@coaio/aio-context/shared';
import type { Outcome } from './connect-attempts.js';
import { dropWaiter } from './connect-word.js';
import { localConnections } from './local-connections.js';
import type { NbdClientConnectionHandle, OutcomeMessage } from './nbd-client-connection-handle.js';
import { leaveSeat, ringSeat, seatsOfDead } from './seats.js';

export interface ConnectionShareParts<T> {
  /** What the handle names. */
  readonly connection: object;
  readonly name: string;
  readonly context: AioContext;
  readonly words: Int32Array;
  readonly share: ((result: T) => unknown) | undefined;
  /** Another thread has changed the word, or may have. */
  readonly look: () => void;
  readonly hasResult: () => boolean;
}

/** The side of a shared connection that its own thread has. */
export class ConnectionShare<T> {
  readonly handle: NbdClientConnectionHandle;
  readonly #parts: ConnectionShareParts<T>;
  readonly #look: BottomHalf;
  readonly #outcomes: BroadcastChannel | null = null;

  constructor(parts: ConnectionShareParts<T>) {
    const { connection, name, context, words, share } = parts;
    this.#parts = parts;
    this.#look = context.createBottomHalf(parts.look, 'look');
    const { handle: look } = this.#look;
    const outcomes = share === undefined ? undefined : `@coaio/nbd-client ${randomUUID()}`;
    if (outcomes !== undefined) {
      this.#outcomes = new BroadcastChannel(outcomes);
      // It does not hold the process open.
      (this.#outcomes as unknown as { unref(): void }).unref();
    }
    this.handle = {
      of: 'NbdClientConnection',
      name,
      look,
      memory: words.buffer as SharedArrayBuffer,
      outcomes,
    };
    localConnections.add(look.cell, look.generation, connection);
    localConnections.listen(this);
  }

  /** Has the waiter in that seat look. */
  ring(seat: number): void {
    ringSeat(this.#parts.words, joinThreads(), seat, this.#look);
  }

  /** Tells the waiter in that seat. @throws what `share` throws, and `DataCloneError`: it was told nothing. */
  send(seat: number, outcome: Outcome<T>): void {
    const told =
      'result' in outcome
        ? { result: this.#parts.share?.(outcome.result) }
        : { error: toErrorRecord(outcome.error) };
    this.#outcomes?.postMessage({ seat, outcome: told } satisfies OutcomeMessage);
  }

  /** The waits of those threads are over, and what they were about to tell this one is in the word. */
  threadEnded(): void {
    const { words, hasResult, look } = this.#parts;
    for (const seat of seatsOfDead(words, joinThreads())) {
      dropWaiter(words, seat, hasResult());
      leaveSeat(words, seat);
    }
    look();
  }

  close(): void {
    localConnections.unlisten(this);
    localConnections.delete(this.handle.look.cell);
    this.#look.delete();
    this.#outcomes?.close();
  }
}
