import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import { getIohandlerAioContext } from '@coaio/aio-context';
import { aioCoKick, type Co, type Coroutine, coSelf, coYield } from '@coaio/coroutine';

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
  readonly #memories = new Map<string, SharedArrayBuffer>();
  readonly #waiting = new Set<Coroutine>();

  constructor() {
    const inbox = new BroadcastChannel(this.address);
    inbox.onmessage = (event) => this.#receive((event as { data: Introduction }).data);
    // It does not hold the process open.
    (inbox as unknown as { unref(): void }).unref();
  }

  /** Waits for its introduction, which was sent before the number was used. */
  *get(holder: number, number: number): Co<SharedArrayBuffer> {
    for (;;) {
      const memory = this.#memories.get(`${holder} ${number}`);
      if (memory !== undefined) return memory;
      this.#waiting.add(coSelf());
      try {
        yield* coYield();
      } finally {
        this.#waiting.delete(coSelf());
      }
    }
  }

  /** That thread has ended. */
  forget(holder: number): void {
    for (const key of this.#memories.keys()) if (key.startsWith(`${holder} `)) this.#memories.delete(key);
  }

  #receive({ holder, number, memory }: Introduction): void {
    if (memory === undefined) this.#memories.delete(`${holder} ${number}`);
    else this.#memories.set(`${holder} ${number}`, memory);
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
      this.#collected.register(memory, number);
      this.#send({ holder: this.#holder, number, memory });
    }
    return number;
  }

  #send(introduction: Introduction): void {
    this.#outbox.postMessage(introduction);
  }
}
