// Which thread has which view of a shared client. One word for each view, which only these functions write:
//
//   0        nobody
//   holder   that thread: home answers all that it submits
//   CLOSED   nobody any more, for good: home has looked for the last time once all are
//
// So a thread that has a view never waits for a home that does not look any more, unless that has ended.
import { HOLDERS, MAX_VIEWS } from './layout.js';

const CLOSED = -1;

/** By the thread of a new view. @returns which; `full`: all are taken; `closed`: the client is. */
export function takeView(words: Int32Array, me: number): number | 'full' | 'closed' {
  for (let view = 0; view < MAX_VIEWS; view++) {
    const seen = Atomics.compareExchange(words, HOLDERS + view, 0, me);
    if (seen === 0) return view;
    // One is as good as all: home is about to close the others.
    if (seen === CLOSED) return 'closed';
  }
  return 'full';
}

/** By its thread, to which all that it had submitted was answered; it rings home then. By home for a thread that has ended. */
export function letGoOfView(words: Int32Array, view: number): void {
  Atomics.store(words, HOLDERS + view, 0);
}

/** By home, of a client that is closed: nobody takes a view any more. @returns whether nobody has one; else who lets go of theirs rings. */
export function closeViews(words: Int32Array): boolean {
  let closed = true;
  for (let view = 0; view < MAX_VIEWS; view++) {
    const seen = Atomics.compareExchange(words, HOLDERS + view, 0, CLOSED);
    if (seen !== 0 && seen !== CLOSED) closed = false;
  }
  return closed;
}

/** Whoever has it, or 0. */
export function holderOfView(words: Int32Array, view: number): number {
  const holder = Atomics.load(words, HOLDERS + view);
  return holder === CLOSED ? 0 : holder;
}
