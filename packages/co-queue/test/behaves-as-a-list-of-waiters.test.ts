import { AioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { aioCoSchedule, type Co, Coroutine } from '@coaio/coroutine';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Index, QueueModel } from './support/queue-model.js';

type Step =
  | { do: 'wait'; context: Index; fronts: boolean[] }
  | { do: 'next' | 'restartAll' | 'enterNext' | 'enterAll' }
  | { do: 'abort'; who: number }
  | { do: 'move'; who: number; context: Index }
  | { do: 'poll'; context: Index };

const context = fc.constantFrom<Index>(0, 1);
const who = fc.nat(9);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      // A coroutine waits once for each, at the head of the queue or at its end.
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        context,
        fronts: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('next' as const, 'restartAll', 'enterNext', 'enterAll') }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), who, context }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('poll' as const), context }) },
  ),
  { maxLength: 50 },
);

class Actual {
  readonly contexts = [new AioContext(), new AioContext()] as const;
  readonly queue = new CoQueue();
  readonly log: string[] = [];
  readonly coroutines: { co: Coroutine; signal: AbortController }[] = [];

  start(index: Index, fronts: boolean[]): void {
    const name = `w${this.coroutines.length}`;
    const { queue, log } = this;
    const entry = {
      signal: new AbortController(),
      co: Coroutine.create(function* (): Co<void> {
        for (const front of fronts) {
          entry.signal = new AbortController();
          try {
            yield* queue.wait(undefined, { front, signal: entry.signal.signal });
            log.push(name);
          } catch {
            log.push(`${name} abandoned`);
          }
        }
      }),
    };
    this.coroutines.push(entry);
    entry.co.enter(this.contexts[index]);
  }
}

test('random waits, wakes, aborts, moves and polls wake whom plain arrays say, in that order', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const actual = new Actual();
      const model = new QueueModel();
      const { contexts, queue, coroutines } = actual;
      for (const one of all) {
        // Context 0 is current for every step, so only there somebody can be entered at once.
        contexts[0].run(() => {
          if (one.do === 'wait') {
            model.start(one.context, [...one.fronts]);
            actual.start(one.context, one.fronts);
          } else if (one.do === 'poll') {
            contexts[one.context].poll();
            model.poll(one.context);
          } else if (one.do === 'abort') {
            coroutines[one.who]?.signal.abort();
            model.abort(one.who);
          } else if (one.do === 'move') {
            const co = coroutines[one.who]?.co;
            const moves = co?.state === 'yielded' && co.scheduledBy === null;
            expect(moves).toBe(model.move(one.who, one.context));
            if (moves) aioCoSchedule(contexts[one.context], co);
          } else {
            queue[one.do]();
            const count = one.do === 'next' || one.do === 'enterNext' ? 1 : Number.POSITIVE_INFINITY;
            model.take(count, one.do.startsWith('enter'));
          }
        });
        expect(actual.log).toEqual(model.log);
        expect(queue.isEmpty).toBe(model.queue.length === 0);
      }
    }),
    { numRuns: 1000 },
  );
});
