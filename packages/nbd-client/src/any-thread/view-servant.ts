import { BroadcastChannel } from 'node:worker_threads';
import { joinThreads, wakeCell } from '@coaio/aio-context/shared';
import { holderOfView, letGoOfView } from './holders.js';
import { BELL, BELL_GENERATION, DETAILED, SLOTS, wordsOfSlot, wordsOfView } from './layout.js';
import { answer, isToAbort, nextSubmission, skipSubmissions, takeAborts } from './request-lists.js';
import { type AnswerDetail, type ServantParts, SlotServant } from './slot-servant.js';

/** What the views have in common in the client's thread. */
export interface ViewServantParts extends Omit<ServantParts, 'answered' | 'holder'> {
  readonly inbox: (view: number) => string;
  /** There is an answer to be told of, with {@link ViewServant.ring}. */
  readonly toBeRung: (view: ViewServant) => void;
  /** Its thread has ended, and nothing of it is under way any more. */
  readonly freed: () => void;
}

/** What the client's thread does for one view. It outlives its holders: the next goes on in the lists where the last has stopped. */
export class ViewServant {
  readonly #view: number;
  readonly #parts: ViewServantParts;
  readonly #slotParts: ServantParts;
  readonly #slots: SlotServant[] = [];
  #taken = 0;
  #underWay = 0;
  /** The thread that has it, as of its last call; or had it and left something under way. */
  #holder = 0;
  #holderLives = true;
  #mustRing = false;
  #outbox: BroadcastChannel | null = null;

  constructor(view: number, parts: ViewServantParts) {
    this.#view = view;
    this.#parts = parts;
    this.#slotParts = {
      ...parts,
      holder: () => this.#holder,
      answered: (slot, detail) => this.#answer(slot, detail),
    };
  }

  /** Its thread has called. */
  look(): void {
    if (!this.#holderLives) return;
    const { words } = this.#parts;
    const view = this.#view;
    this.#holder = holderOfView(words, view);
    // First: an abort that is seen here is of a submission that is seen then.
    const toAbort = takeAborts(words, view);
    for (
      let slot = nextSubmission(words, view, this.#taken);
      slot >= 0;
      slot = nextSubmission(words, view, this.#taken)
    ) {
      this.#taken = (this.#taken + 1) | 0;
      this.#underWay++;
      this.#servantOf(slot).serve();
    }
    if (toAbort) this.#abort((slot) => isToAbort(words, view, slot));
  }

  /** Tells the view's thread of its answers, once for a batch. */
  ring(): void {
    const { words } = this.#parts;
    const at = wordsOfView(this.#view);
    this.#mustRing = false;
    wakeCell(joinThreads(), words[at + BELL] as number, words[at + BELL_GENERATION] as number);
  }

  /** Its thread has ended: what is under way is nobody's. The memory that it uses stays as long as it is used. */
  holderEnded(holder: number): void {
    this.#holder = holder;
    this.#holderLives = false;
    this.#abort(() => true);
    this.#freeIfIdle();
  }

  close(): void {
    this.#outbox?.close();
    this.#outbox = null;
  }

  #servantOf(slot: number): SlotServant {
    let servant = this.#slots[slot];
    if (servant === undefined) {
      servant = new SlotServant(slot, wordsOfSlot(this.#view, slot), this.#slotParts);
      this.#slots[slot] = servant;
    }
    return servant;
  }

  #abort(isToEnd: (slot: number) => boolean): void {
    for (let slot = 0; slot < SLOTS; slot++) {
      const servant = this.#slots[slot];
      if (servant?.serving && isToEnd(slot)) servant.abort();
    }
  }

  #answer(slot: number, detail: AnswerDetail | null): void {
    this.#underWay--;
    if (!this.#holderLives) {
      this.#freeIfIdle();
      return;
    }
    // Before the answer: who takes that finds it in the inbox.
    if (detail !== null) this.#send(detail);
    answer(this.#parts.words, this.#view, slot, detail === null ? 0 : DETAILED);
    if (this.#mustRing) return;
    this.#mustRing = true;
    this.#parts.toBeRung(this);
  }

  #send(detail: AnswerDetail): void {
    this.#outbox ??= new BroadcastChannel(this.#parts.inbox(this.#view));
    (this.#outbox as unknown as { unref(): void }).unref();
    this.#outbox.postMessage(detail);
  }

  #freeIfIdle(): void {
    if (this.#underWay > 0 || this.#holderLives) return;
    const { words, freed } = this.#parts;
    this.#taken = skipSubmissions(words, this.#view);
    this.#holderLives = true;
    letGoOfView(words, this.#view);
    freed();
  }
}
