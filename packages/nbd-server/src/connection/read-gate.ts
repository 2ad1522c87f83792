import type { AioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { aioCoSchedule, type Co, type Coroutine, coSelf, coYield } from '@coaio/coroutine';
import { type IOVec, QIO_CHANNEL_ERR_BLOCK, type QIOChannel, type ReadSource } from '@coaio/qio-channel';

/** `shut`: who reads waits here, and not in the channel. `ended`: nobody waits here any more. */
type GateState = 'open' | 'shut' | 'ended';

const WAKEABLE = { wakeable: true } as const;

/**
 * Where the coroutine of a connection reads from its client, and where it waits while the connection is quiesced: its channel has no
 * wait then, so it is attached to no context, and the system holds the client back.
 */
export class ReadGate implements ReadSource {
  /** Bytes that have come. */
  received = 0;
  /** How often it was shut or {@link interrupt} was called. */
  interruptions = 0;
  #channel: QIOChannel;
  #state: GateState = 'open';
  #parked: Coroutine | null = null;
  readonly #changed = new CoQueue('read gate');

  constructor(channel: QIOChannel) {
    this.#channel = channel;
  }

  get name(): string {
    return this.#channel.name;
  }

  get isShut(): boolean {
    return this.#state === 'shut';
  }

  /** Whether it is shut, and the coroutine waits for it to be opened. */
  get isParked(): boolean {
    return this.#parked !== null;
  }

  /** From now on bytes come from there: TLS has started. */
  readFrom(channel: QIOChannel): void {
    this.#channel = channel;
  }

  *readv(iov: IOVec): Co<number> {
    for (;;) {
      const count = yield* this.readvUninterrupted(iov, this.interruptions);
      if (count !== QIO_CHANNEL_ERR_BLOCK) return count;
    }
  }

  /**
   * Reads into memory that is whoever reads's no more once `interruptions` are not what they are.
   * @returns QIO_CHANNEL_ERR_BLOCK: that is so, and nothing more comes there.
   */
  *readvUninterrupted(iov: IOVec, interruptions: number): Co<number> {
    for (;;) {
      // Before it waits: what was landed is to be copied while it is what the client sent.
      if (this.interruptions !== interruptions) return QIO_CHANNEL_ERR_BLOCK;
      if (this.#state === 'shut') {
        yield* this.pass();
        continue;
      }
      const count = yield* this.#channel.readv(iov, WAKEABLE);
      if (count === QIO_CHANNEL_ERR_BLOCK) continue;
      this.received += count;
      return count;
    }
  }

  /** Waits while it is shut. */
  *pass(): Co<void> {
    while (this.#state === 'shut') {
      this.#parked = coSelf();
      this.#changed.restartAll();
      yield* coYield();
    }
  }

  shut(): void {
    if (this.#state !== 'open') return;
    this.#state = 'shut';
    this.interrupt();
  }

  /** Ends {@link readvUninterrupted}, the one that waits and those that were begun before. */
  interrupt(): void {
    this.interruptions++;
    this.#channel.wakeRead();
  }

  /** Waits until {@link isParked}, or until it is no longer shut. */
  *parked(): Co<void> {
    while (this.#state === 'shut' && this.#parked === null) yield* this.#changed.wait();
  }

  /** The coroutine goes on in `context`. */
  open(context: AioContext): void {
    if (this.#state === 'shut') this.#leave('open', context);
  }

  /** As {@link open}, for good: the channel is closed. */
  end(context: AioContext): void {
    if (this.#state !== 'ended') this.#leave('ended', context);
  }

  #leave(state: 'open' | 'ended', context: AioContext): void {
    const parked = this.#parked;
    this.#state = state;
    this.#parked = null;
    this.#changed.restartAll();
    if (parked !== null) aioCoSchedule(context, parked);
  }
}
