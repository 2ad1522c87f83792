import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import { getIohandlerAioContext } from '@coaio/aio-context';
import { joinThreads, onThreadDeath } from '@coaio/aio-context/shared';
import { aioCoKick, type Co, type Coroutine, coSelf, coYield } from '@coaio/coroutine';
import { QIOChannelError } from '../qio-channel-error.js';
import { isHolderAlive } from './holder-alive.js';

/** A thread's memory, told to another thread under a number; without the memory: it is needed no more. */
interface Introduction {
  readonly holder: number;
  readonly number: number;
  readonly memory?: SharedArrayBuffer;
}

/** The memories that other threads have introduced to this one, so that bytes land in them, and leave from them, where they lie. */
export class IntroducedMemories {
  /** What others need to introduce theirs. */
  readonly address = `@coaio/qio-channel ${randomUUID()}`;
  readonly #memories = new Map<number, Map<number, SharedArrayBuffer>>();
  readonly #waiting = new Set<Coroutine>();

  constructor() {
    const inbox = new BroadcastChannel(this.address);
    inbox.onmessage = (event) => this.#receive((event as { data: Introduction }).data);
    // It does not hold the process open.
    (inbox as unknown as { unref(): void }).unref();
    onThreadDeath(() => this.#forgetDead());
  }

  /** undefined: its introduction is still on its way. */
  find(holder: number, number: number): SharedArrayBuffer | undefined {
    return this.#memories.get(holder)?.get(number);
  }

  /**
   * Waits for its introduction, which was sent before the number was used.
   *
   * @throws QIOChannelError `QIO_CHANNEL_THREAD_GONE`: it cannot come any more.
   */
  *get(holder: number, number: number): Co<SharedArrayBuffer> {
    for (;;) {
      const memory = this.find(holder, number);
      if (memory !== undefined) return memory;
      if (!isHolderAlive(joinThreads().words, holder)) {
        throw new QIOChannelError('QIO_CHANNEL_THREAD_GONE', 'memory of a thread that has ended');
      }
      this.#waiting.add(coSelf());
      try {
        yield* coYield();
      } finally {
        this.#waiting.delete(coSelf());
      }
    }
  }

  #receive({ holder, number, memory }: Introduction): void {
    if (memory === undefined) this.#memories.get(holder)?.delete(number);
    else if (isHolderAlive(joinThreads().words, holder)) {
      // Sent by one that has ended since it would never be forgotten.
      const known = this.#memories.get(holder);
      if (known === undefined) this.#memories.set(holder, new Map([[number, memory]]));
      else known.set(number, memory);
    }
    this.#kickWaiting();
  }

  /** Whether or not the channels that they used are still open. */
  #forgetDead(): void {
    const { words } = joinThreads();
    for (const holder of this.#memories.keys())
      if (!isHolderAlive(words, holder)) this.#memories.delete(holder);
    this.#kickWaiting();
  }

  #kickWaiting(): void {
    getIohandlerAioContext().dispatch(() => {
      for (const coroutine of [...this.#waiting]) aioCoKick(coroutine);
    });
  }
}

/** Introduces memories of this thread to one other. */
export class MemoryIntroducer {
  readonly #holder: number;
  readonly #outbox: BroadcastChannel;
  readonly #numbers = new WeakMap<SharedArrayBuffer, number>();
  readonly #collected = new FinalizationRegistry<number>((number) =>
    this.#send({ holder: this.#holder, number }),
  );
  #last = 0;
  #closed = false;

  constructor(address: string, holder: number) {
    this.#holder = holder;
    this.#outbox = new BroadcastChannel(address);
    (this.#outbox as unknown as { unref(): void }).unref();
  }

  /** The number of `memory` there. */
  numberOf(memory: SharedArrayBuffer): number {
    let number = this.#numbers.get(memory);
    if (number === undefined) {
      number = ++this.#last;
      this.#numbers.set(memory, number);
      this.#collected.register(memory, number, memory);
      this.#send({ holder: this.#holder, number, memory });
    }
    return number;
  }

  /** No call uses `memory` any more. Else that thread keeps it until this one collects it, for which shared memory is no reason. */
  takeBack(memory: SharedArrayBuffer): void {
    const number = this.#numbers.get(memory);
    if (number === undefined) return;
    this.#numbers.delete(memory);
    this.#collected.unregister(memory);
    this.#send({ holder: this.#holder, number });
  }

  /** That thread has ended. */
  close(): void {
    this.#closed = true;
    this.#outbox.close();
  }

  #send(introduction: Introduction): void {
    if (!this.#closed) this.#outbox.postMessage(introduction);
  }
}
