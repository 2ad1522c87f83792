import type { AioContext } from '@coaio/aio-context';
import type { WriteBatch } from '@coaio/qio-channel';
import { ClientDroppedError } from '../client-dropped-error.js';
import type { ServerSettings } from '../nbd-server-options.js';
import type { InFlight } from './in-flight.js';
import type { ReadGate } from './read-gate.js';
import { Watchdog } from './watchdog.js';

/** How long a client may take nothing while it holds bytes of the total that other connections wait for. */
const HOARD_TIMEOUT_MS = 30_000;
/** What counts as something, a quarter of that time. */
const LEAST_MOVED = 64 * 1024;

/** Ends the connections of clients that have gone without a word, or behave as if they had. */
export class Watchdogs {
  readonly #settings: ServerSettings;
  readonly #drop: (why: ClientDroppedError) => void;
  #dogs: Watchdog[] = [];

  constructor(settings: ServerSettings, drop: (why: ClientDroppedError) => void) {
    this.#settings = settings;
    this.#drop = drop;
    this.#dogs = [this.#handshake()];
  }

  /** The client has chosen its export. */
  transmission(gate: ReadGate, inFlight: InFlight, batch: WriteBatch, context: AioContext): void {
    this.detach();
    this.#dogs = [
      this.#unreadReplies(batch),
      this.#idleness(gate, inFlight, batch),
      this.#hoarding(gate, inFlight, batch),
    ];
    this.attach(context);
  }

  /** From now on in `context`, with their whole time again. */
  attach(context: AioContext): void {
    for (const dog of this.#dogs) dog.attach(context);
  }

  detach(): void {
    for (const dog of this.#dogs) dog.detach();
  }

  #handshake(): Watchdog {
    const { clock, handshakeTimeoutMs } = this.#settings;
    const detail = `the client did not choose an export within ${handshakeTimeoutMs} ms`;
    const bark = () => this.#drop(new ClientDroppedError('NBD_HANDSHAKE_TIMEOUT', 'handshake', detail));
    return new Watchdog(clock, handshakeTimeoutMs, () => false, bark);
  }

  #unreadReplies(batch: WriteBatch): Watchdog {
    const { clock, writeTimeoutMs } = this.#settings;
    let written = 0;
    const isWell = (): boolean => {
      const well = batch.pendingBytes === 0 || batch.sent !== written;
      written = batch.sent;
      return well;
    };
    const bark = (): void => {
      const detail = `the client took none of the ${batch.pendingBytes} bytes of its replies for ${writeTimeoutMs} ms`;
      this.#drop(new ClientDroppedError('NBD_WRITE_TIMEOUT', 'reply', detail));
    };
    return new Watchdog(clock, writeTimeoutMs, isWell, bark);
  }

  #idleness(gate: ReadGate, inFlight: InFlight, batch: WriteBatch): Watchdog {
    const { clock, idleTimeoutMs } = this.#settings;
    let received = gate.received;
    const isWell = (): boolean => {
      const well = gate.received !== received || !inFlight.isEmpty || batch.pendingBytes > 0;
      received = gate.received;
      return well;
    };
    const detail = `the client sent nothing for ${idleTimeoutMs} ms`;
    const bark = () => this.#drop(new ClientDroppedError('NBD_IDLE_TIMEOUT', 'request', detail));
    return new Watchdog(clock, idleTimeoutMs, isWell, bark);
  }

  #hoarding(gate: ReadGate, inFlight: InFlight, batch: WriteBatch): Watchdog {
    let moved = 0;
    const isWell = (): boolean => {
      const now = gate.received + batch.sent;
      const well = !inFlight.keepsOthersWaiting || now - moved >= LEAST_MOVED;
      moved = now;
      return well;
    };
    const bark = (): void => {
      const detail = `the client neither sent nor took much for ${HOARD_TIMEOUT_MS} ms, with ${inFlight.loan} bytes that others waited for`;
      this.#drop(new ClientDroppedError('NBD_HOARD_TIMEOUT', 'turn', detail));
    };
    return new Watchdog(this.#settings.clock, HOARD_TIMEOUT_MS, isWell, bark);
  }
}
