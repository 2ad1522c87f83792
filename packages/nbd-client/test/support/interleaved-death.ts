import {
  diesWhere,
  type Exploration,
  explore,
  forget,
  ghost,
  type Script,
  takeWhenSet,
} from '@coaio/steppable';
import {
  ANSWERED,
  BELL,
  DEAD,
  FREE,
  FREED,
  load,
  memory,
  OVER,
  print,
  RUNG,
  SUBMITTED,
  TAKEN,
  turn,
  type Variant,
  VIEW,
  words,
} from './interleaved-views.js';

/** The thread of a view ends anywhere. The next that gets the view gets its own answers, and no others. */
export function exploreDeath(variant: Variant = {}): Exploration {
  const { lists, holders } = load(variant);

  function* call(slot: number): Script {
    yield* turn(slot, FREE, SUBMITTED);
    yield* lists.submit(words, VIEW, slot);
    yield* lists.call(words, VIEW);
    yield ['store', words, RUNG, 1];
  }

  function* answered(slot: number, taken: number): Script {
    for (;;) {
      const answer = yield* lists.nextAnswer(words, VIEW, taken);
      if (answer >= 0) break;
      yield* takeWhenSet(words, BELL);
    }
    yield* turn(slot, ANSWERED, FREE);
  }

  /** It ends at the latest with its second call under way. */
  function* mortal(): Script {
    const taken = yield* lists.skipAnswers(words, VIEW);
    yield* call(0);
    yield* answered(0, taken);
    yield* call(1);
    yield* tellOfEnd();
  }

  function* tellOfEnd(): Script {
    yield ['store', words, DEAD, 1];
    yield ['store', words, RUNG, 1];
  }

  function* undertaker(): Script {
    yield* diesWhere(1);
    yield* tellOfEnd();
  }

  function* heir(): Script {
    yield* takeWhenSet(words, FREED);
    if ((yield* holders.takeView(words, 8)) !== VIEW) throw new Error('the view is not free');
    yield* ghost((state) => {
      if (state.includes(TAKEN)) throw new Error('the view was given away with a request under way');
      state.fill(FREE);
    });
    yield* forget('has the view');
    const taken = yield* lists.skipAnswers(words, VIEW);
    yield* call(0);
    yield* answered(0, taken);
    yield ['store', words, OVER, 1];
    yield ['store', words, RUNG, 1];
  }

  function* home(): Script {
    let taken = 0;
    let served = 0;
    const underWay: number[] = [];
    let isFreed = false;
    for (;;) {
      yield* takeWhenSet(words, RUNG);
      if ((yield ['load', words, OVER]) === 1) return;
      if ((yield ['load', words, DEAD]) === 1 && !isFreed) {
        isFreed = true;
        if (variant.freesTooSoon !== true) for (const slot of underWay) yield* turn(slot, TAKEN, FREE);
        taken = yield* lists.skipSubmissions(words, VIEW);
        yield* holders.letGoOfView(words, VIEW);
        yield ['store', words, FREED, 1];
      }
      if (((yield* lists.takeCalls(words, 0)) & 1) === 0) continue;
      for (;;) {
        const slot = yield* lists.nextSubmission(words, VIEW, taken);
        if (slot < 0) break;
        taken++;
        yield* turn(slot, SUBMITTED, TAKEN);
        // The second takes for ever.
        if (++served === 2 && !isFreed) underWay.push(slot);
        else yield* reply(slot);
      }
    }
  }

  function* reply(slot: number): Script {
    yield* turn(slot, TAKEN, ANSWERED);
    yield* lists.answer(words, VIEW, slot, 0);
    yield ['store', words, BELL, 1];
  }

  return print(
    explore({
      memory: memory(4, 4),
      ghost: [FREE, FREE],
      threads: [mortal, undertaker, heir, home],
      mayDie: [0],
    }),
  );
}
