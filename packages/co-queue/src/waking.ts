import { type AioContext, throwUncaught } from '@coaio/aio-context';
import { aioCoKick, type WaitingLine } from '@coaio/coroutine';
import type { Waiter } from './waiter.js';

/** The first in line is to be woken, and can no more give up. */
export function chooseFirst(line: WaitingLine<Waiter>): Waiter | null {
  const first = line.takeFirst();
  if (first !== null) first.state = 'chosen';
  return first;
}

export function chooseAll(line: WaitingLine<Waiter>): Waiter[] {
  const all: Waiter[] = [];
  for (let waiter = chooseFirst(line); waiter !== null; waiter = chooseFirst(line)) all.push(waiter);
  return all;
}

/** Only this and the waiter's own signal end a wait: whoever else enters the coroutine only makes it look. */
export function wake(waiter: Waiter): void {
  waiter.state = 'woken';
  aioCoKick(waiter.coroutine);
}

export function wakeOneOf(waiter: Waiter): void {
  try {
    wake(waiter);
  } catch (error) {
    // The others must be woken all the same.
    throwUncaught(error);
  }
}

/** In a bottom half of its own. */
export function wakeSoon(waiter: Waiter): void {
  // Waiting, or about to: it has a context.
  waiter.coroutine.context?.scheduleOneshot(() => wakeOneOf(waiter), 'co-queue');
}

/** One bottom half for each context among `chosen`, with the coroutines of that context in order. */
export function wakeAllSoon(chosen: Waiter[]): void {
  const context = chosen[0]?.coroutine.context;
  if (chosen.every((waiter) => waiter.coroutine.context === context)) {
    wakeListSoon(context, chosen);
    return;
  }
  const lists = new Map<AioContext | undefined, Waiter[]>();
  for (const waiter of chosen) {
    const list = lists.get(waiter.coroutine.context);
    if (list === undefined) lists.set(waiter.coroutine.context, [waiter]);
    else list.push(waiter);
  }
  for (const [context, list] of lists) wakeListSoon(context, list);
}

function wakeListSoon(context: AioContext | undefined, list: Waiter[]): void {
  context?.scheduleOneshot(() => {
    for (const waiter of list) wakeOneOf(waiter);
  }, 'co-queue');
}
