import type { AioContext, Clock } from '@coaio/aio-context';
import { type Co, Coroutine } from '@coaio/coroutine';
import { NBD_CMD_FLUSH, NBD_CMD_READ } from '@coaio/nbd-protocol';
import type { Connection } from '../connection.js';
import { ConnectionLostError } from '../nbd-client-error.js';
import { startTimer } from '../start-timer.js';

const NS_PER_MS = 1e6;
/** Nobody sends it again on another connection. */
const LIMITS = { timeoutMs: 0, replays: Number.POSITIVE_INFINITY };

/**
 * Finds a peer that has gone silent: after `ms` without a byte from it, it is sent a small read, whatever else is in flight; after as
 * long again without a byte the connection has failed. Any answer is a sign of life, an error too. A connection that takes no requests
 * any more is sent none: it fails when its last answers do not come.
 */
export class LivenessProbe {
  readonly #connection: Connection;
  readonly #context: AioContext;
  readonly #end: () => void;
  #seen: number;
  #asked = false;

  constructor(connection: Connection, context: AioContext, clock: Clock, ms: number) {
    this.#connection = connection;
    this.#context = context;
    this.#seen = connection.window.received;
    const timer = startTimer(context, clock, ms, () => {
      this.#look(ms);
      if (!connection.hasEnded) timer?.mod(clock.nowNs() + ms * NS_PER_MS);
    });
    this.#end = () => timer?.del();
  }

  /** The connection has ended. */
  end(): void {
    this.#end();
  }

  #look(ms: number): void {
    const { received } = this.#connection.window;
    if (received !== this.#seen) {
      this.#seen = received;
      this.#asked = false;
    } else if (!this.#asked) {
      this.#asked = true;
      if (this.#connection.takesRequests)
        Coroutine.create(() => this.#ask(), 'liveness probe').enter(this.#context);
    } else {
      const why = `the server is silent, it has not answered within ${ms} ms (livenessMs)`;
      this.#connection.fail(new ConnectionLostError('liveness probe', why, 'NBD_SILENT_PEER'));
    }
  }

  *#ask(): Co<void> {
    const { blockSize, size, canFlush } = this.#connection.export;
    const length = size < BigInt(blockSize.minimum) ? Number(size) : blockSize.minimum;
    try {
      if (length > 0) {
        const block = new Uint8Array(length);
        yield* this.#connection.request(NBD_CMD_READ, 0, 0, length, block, LIMITS);
      } else if (canFlush) yield* this.#connection.request(NBD_CMD_FLUSH, 0, 0, 0, null, LIMITS);
      else this.#asked = false;
    } catch {
      // An answer, or the end of the connection, of which others are told.
    }
  }
}
