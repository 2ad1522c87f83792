import { type Exploration, explore, type Script, takeWhenSet } from '@coaio/steppable';
import {
  ANSWERED,
  BELL,
  CLOSED,
  FREE,
  load,
  memory,
  print,
  RUNG,
  SUBMITTED,
  TAKEN,
  turn,
  type Variant,
  VIEW,
  words,
} from './interleaved-views.js';

/** The client closes while two threads attach: who gets the view gets its answer, and nobody gets one afterwards. */
export function exploreClose(variant: Variant = {}): Exploration {
  const { lists, holders } = load(variant);

  function* viewer(me: number): Script {
    if ((yield* holders.takeView(words, me)) !== VIEW) return;
    const taken = yield* lists.skipAnswers(words, VIEW);
    yield* turn(0, FREE, SUBMITTED);
    yield* lists.submit(words, VIEW, 0);
    yield* lists.call(words, VIEW);
    yield ['store', words, RUNG, 1];
    while ((yield* lists.nextAnswer(words, VIEW, taken)) < 0) yield* takeWhenSet(words, BELL);
    yield* turn(0, ANSWERED, FREE);
    yield* holders.letGoOfView(words, VIEW);
    yield ['store', words, RUNG, 1];
  }

  function* home(): Script {
    let taken = 0;
    while (!(yield* holders.closeViews(words))) {
      yield* takeWhenSet(words, RUNG);
      if (((yield* lists.takeCalls(words, 0)) & 1) === 0) continue;
      for (;;) {
        const slot = yield* lists.nextSubmission(words, VIEW, taken);
        if (slot < 0) break;
        taken++;
        yield* turn(slot, SUBMITTED, TAKEN);
        yield* turn(slot, TAKEN, ANSWERED);
        yield* lists.answer(words, VIEW, slot, 0);
        yield ['store', words, BELL, 1];
      }
    }
  }

  return print(
    explore({
      memory: memory(0, CLOSED),
      ghost: [FREE],
      threads: [() => viewer(4), () => viewer(8), home],
      atEnd({ memory: [holder] }) {
        if (holder !== CLOSED) throw new Error(`at the end the view is ${holder}'s`);
      },
    }),
  );
}
