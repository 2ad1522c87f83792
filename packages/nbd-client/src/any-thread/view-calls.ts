import { type BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads';
import { throwUncaught } from '@coaio/aio-context';
import { aioCoKick, type Coroutine, coSelf } from '@coaio/coroutine';
import { DETAILED, SLOTS } from './layout.js';
import { nextAnswer, skipAnswers } from './request-lists.js';
import type { AnswerDetail } from './slot-servant.js';

/** `waiting`: for home. `unanswered`: it has not come to home, or home has ended. Or what home has answered. */
export type CallOutcome = 'unanswered' | AnswerDetail;
type Outcome = 'waiting' | CallOutcome;

const DONE: AnswerDetail = { value: undefined };

/** A slot of a view, as the thread of the view sees it. */
interface Call {
  outcome: Outcome;
  waiter: Coroutine | null;
}

/** The calls of a view that are under way: as long as there are any, the thread lives. */
export class ViewCalls {
  /** Somebody has asked for more while answers are handed out. */
  hasNews = false;
  readonly #words: Int32Array;
  readonly #view: number;
  readonly #inbox: BroadcastChannel;
  readonly #calls: Call[] = [];
  /** Those that are used again soon are last: their words are still in the cache. */
  readonly #free: number[] = [];
  /** What the event loop has taken out of the inbox before its answer was taken. */
  readonly #details: AnswerDetail[] = [];
  #underWay = 0;
  #taken: number;
  #taking = false;

  constructor(words: Int32Array, view: number, inbox: BroadcastChannel) {
    this.#words = words;
    this.#view = view;
    this.#inbox = inbox;
    this.#taken = skipAnswers(words, view);
    inbox.onmessage = (event) => this.#details.push((event as { data: AnswerDetail }).data);
    this.#inbox.unref();
  }

  /** Answers are being handed out. */
  get taking(): boolean {
    return this.#taking;
  }

  /** A slot for the caller, who knows that one is free. */
  begin(): number {
    // Answers are the only thing that a thread may be waiting for: without this it would end.
    if (this.#underWay++ === 0) this.#inbox.ref();
    const slot = this.#free.pop();
    if (slot !== undefined) return slot;
    if (this.#calls.length === SLOTS) throw new Error('no slot is free');
    this.#calls.push({ outcome: 'unanswered', waiter: null });
    return this.#calls.length - 1;
  }

  /** What is in the slot was submitted: the running coroutine is woken when it {@link isWaiting} no more. */
  wait(slot: number): void {
    const mine = this.#calls[slot] as Call;
    mine.outcome = 'waiting';
    mine.waiter = coSelf();
  }

  isWaiting(slot: number): boolean {
    return (this.#calls[slot] as Call).outcome === 'waiting';
  }

  /** The slot is free again. @returns what came of it. */
  end(slot: number): CallOutcome {
    const ended = this.#calls[slot] as Call;
    const { outcome } = ended;
    ended.waiter = null;
    ended.outcome = 'unanswered';
    this.#free.push(slot);
    if (--this.#underWay === 0) this.#inbox.unref();
    return outcome as Exclude<Outcome, 'waiting'>;
  }

  /** Hands out the answers that have come. */
  takeAnswers(): void {
    this.#taking = true;
    for (
      let answer = nextAnswer(this.#words, this.#view, this.#taken);
      answer >= 0;
      answer = nextAnswer(this.#words, this.#view, this.#taken)
    ) {
      this.#taken = (this.#taken + 1) | 0;
      settle(this.#calls[answer >> 1] as Call, (answer & DETAILED) === 0 ? DONE : this.#detail());
    }
    this.#taking = false;
  }

  /** Home has ended: nothing more comes. */
  giveUp(): void {
    for (const each of this.#calls) if (each.outcome === 'waiting') settle(each, 'unanswered');
  }

  close(): void {
    this.#inbox.close();
  }

  /** It was sent before its answer, and they keep their order. */
  #detail(): AnswerDetail {
    const arrived = this.#details.shift();
    if (arrived !== undefined) return arrived;
    return (receiveMessageOnPort(this.#inbox as never) as { message: AnswerDetail }).message;
  }
}

function settle(settled: Call, outcome: Outcome): void {
  settled.outcome = outcome;
  try {
    // In its own context, which mostly is the bell's: there it runs now.
    if (settled.waiter !== null) aioCoKick(settled.waiter);
  } catch (error) {
    // What the coroutine throws as it runs here: the others must be woken all the same.
    throwUncaught(error);
  }
}
