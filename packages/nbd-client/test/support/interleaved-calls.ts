import { type Exploration, explore, type Script, takeWhenSet } from '@coaio/steppable';
import {
  ANSWERED,
  BELL,
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

/**
 * A view asks for two things and gives the first up, which home keeps for so long. Then it asks for a third in a slot that it has used.
 */
export function exploreCalls(variant: Variant = {}): Exploration {
  const { lists } = load(variant);

  function* ask(slot: number): Script {
    yield* turn(slot, FREE, SUBMITTED);
    yield* lists.submit(words, VIEW, slot);
    yield* callHome();
  }

  function* callHome(): Script {
    yield* lists.call(words, VIEW);
    yield ['store', words, RUNG, 1];
  }

  function* view(): Script {
    yield* ask(0);
    yield* ask(1);
    yield* lists.askToAbort(words, VIEW, 0);
    yield* callHome();
    let taken = 0;
    let asked = 2;
    while (taken < asked) {
      const answer = yield* lists.nextAnswer(words, VIEW, taken);
      if (answer < 0) {
        yield* takeWhenSet(words, BELL);
        continue;
      }
      taken++;
      yield* turn(answer >> 1, ANSWERED, FREE);
      if (asked === 3) continue;
      asked = 3;
      yield* ask(answer >> 1);
    }
  }

  function* reply(slot: number): Script {
    yield* turn(slot, TAKEN, ANSWERED);
    yield* lists.answer(words, VIEW, slot, 0);
    yield ['store', words, BELL, 1];
  }

  function* home(): Script {
    let taken = 0;
    let kept = false;
    const replies: number[] = [];
    function* giveUp(): Script {
      if (!(yield* lists.takeAborts(words, VIEW)) || !kept) return;
      if (!(yield* lists.isToAbort(words, VIEW, 0))) return;
      kept = false;
      replies.push(0);
    }
    function* take(): Script {
      for (;;) {
        const slot = yield* lists.nextSubmission(words, VIEW, taken);
        if (slot < 0) return;
        yield* turn(slot, SUBMITTED, TAKEN);
        if (taken === 0) kept = true;
        else replies.push(slot);
        taken++;
      }
    }
    for (let answered = 0; answered < 3; ) {
      yield* takeWhenSet(words, RUNG);
      if (((yield* lists.takeCalls(words, 0)) & 1) === 0) continue;
      if (variant.looksAtAbortsAtOnce === true) {
        yield* giveUp();
        yield* take();
      } else {
        const toAbort = yield* lists.takeAborts(words, VIEW);
        yield* take();
        if (toAbort && kept && (yield* lists.isToAbort(words, VIEW, 0))) {
          kept = false;
          replies.push(0);
        }
      }
      for (const slot of replies.splice(0)) {
        yield* reply(slot);
        answered++;
      }
    }
  }

  return print(
    explore({
      memory: memory(4, 4),
      ghost: [FREE, FREE],
      threads: [view, home],
    }),
  );
}
