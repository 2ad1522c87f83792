import type { AioContext } from '@coaio/aio-context';
import { type ErrorRecord, toErrorRecord } from '@coaio/aio-context/shared';
import { aioCoEnter, aioCoKick, type Co, Coroutine, coYield } from '@coaio/coroutine';
import type { IntroducedMemories } from '@coaio/qio-channel/shared';
import { isAbortable } from './command-words.js';
import { MEMORY } from './layout.js';
import { performCommand } from './perform-command.js';
import type { SharedClient } from './shared-client.js';
import { readPlace, word } from './slot-words.js';

/** What the slots of a view have in common in the client's thread. */
export interface ServantParts {
  readonly words: Int32Array;
  readonly context: AioContext;
  readonly client: SharedClient;
  readonly memories: IntroducedMemories;
  /** The thread that has the view. */
  readonly holder: () => number;
  /** Called once for each {@link SlotServant.serve}; `detail` null: done. */
  readonly answered: (slot: number, detail: AnswerDetail | null) => void;
}

/** What an answer says that is more than "done". A value is plain data. */
export type AnswerDetail = { readonly error: ErrorRecord } | { readonly value: unknown };

/** Does in the client's thread what another one has put into a slot: a coroutine in its place, used again for later ones. */
export class SlotServant {
  readonly #slot: number;
  readonly #at: number;
  readonly #parts: ServantParts;
  readonly #coroutine = Coroutine.create(() => this.#run(), 'request of another thread');
  #state: 'new' | 'idle' | 'serving' = 'new';
  #aborter: AbortController | null = null;

  /** @param at the first of the slot's words. */
  constructor(slot: number, at: number, parts: ServantParts) {
    this.#slot = slot;
    this.#at = at;
    this.#parts = parts;
  }

  get serving(): boolean {
    return this.#state === 'serving';
  }

  /** There is a request in the slot. */
  serve(): void {
    const isNew = this.#state === 'new';
    this.#state = 'serving';
    if (isNew) aioCoEnter(this.#parts.context, this.#coroutine);
    else aioCoKick(this.#coroutine);
  }

  /** Nobody waits for more than the end of it. */
  abort(): void {
    this.#aborter?.abort();
  }

  *#run(): Co<void> {
    for (;;) {
      let detail: AnswerDetail | null = null;
      try {
        const value = yield* this.#perform();
        if (value !== undefined) detail = { value };
      } catch (error) {
        detail = { error: toErrorRecord(error) };
      }
      this.#state = 'idle';
      this.#aborter = null;
      this.#parts.answered(this.#slot, detail);
      while (!this.serving) yield* coYield();
    }
  }

  // No generator where none is needed: each level of `yield*` costs a request an object.
  #perform(): Co<unknown> {
    const { words, client, memories, holder } = this.#parts;
    const at = this.#at;
    if (isAbortable(words, at)) this.#aborter = new AbortController();
    const number = word(words, at + MEMORY);
    if (number === 0) return performCommand(client, words, at, null, this.#aborter);
    const memory = memories.find(holder(), number);
    if (memory === undefined) return this.#performOnceIntroduced(number);
    return performCommand(client, words, at, readPlace(words, at, memory), this.#aborter);
  }

  *#performOnceIntroduced(number: number): Co<unknown> {
    const { words, client, memories, holder } = this.#parts;
    const memory = yield* memories.get(holder(), number);
    return yield* performCommand(client, words, this.#at, readPlace(words, this.#at, memory), this.#aborter);
  }
}
