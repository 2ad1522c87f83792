import { AioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine } from '@coaio/coroutine';
import fc from 'fast-check';
import { expect, test } from 'vitest';

type Step =
  | { do: 'wait'; context: 0 | 1; times: number }
  | { do: 'next' | 'restartAll' | 'enterNext' | 'enterAll' }
  | { do: 'poll'; context: 0 | 1 };

const context = fc.constantFrom<0 | 1>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      context,
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('next' as const, 'restartAll', 'enterNext', 'enterAll') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('poll' as const), context }) },
);

interface Waiter {
  name: string;
  context: 0 | 1;
  times: number;
}

/** The queue as an array, and what each context's next poll wakes as one array for each waking call. */
class Model {
  readonly woken: string[] = [];
  waiting: Waiter[] = [];
  readonly calls: [Waiter[][], Waiter[][]] = [[], []];

  wake(waiter: Waiter): void {
    this.woken.push(waiter.name);
    if (--waiter.times > 0) this.waiting.push(waiter);
  }

  /** Context 0 is current for every step, so only there somebody can be entered at once. */
  take(count: number, now: boolean): void {
    const taken = this.waiting.splice(0, count);
    for (const index of [0, 1] as const) {
      const list = taken.filter((waiter) => waiter.context === index);
      if (now && index === 0) for (const waiter of list) this.wake(waiter);
      else if (list.length > 0) this.calls[index].push(list);
    }
  }

  poll(index: 0 | 1): void {
    for (const waiter of this.calls[index].splice(0).flat()) this.wake(waiter);
  }
}

test('random waits, wakes and polls wake whom a plain array says, in that order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const contexts = [new AioContext(), new AioContext()] as const;
      const queue = new CoQueue();
      const model = new Model();
      const woken: string[] = [];
      let names = 0;

      function startWaiter(index: 0 | 1, times: number): void {
        const name = `w${names++}`;
        model.waiting.push({ name, context: index, times });
        const co = Coroutine.create(function* (): Co<void> {
          for (let left = times; left > 0; left--) {
            yield* queue.wait();
            woken.push(name);
          }
        });
        co.enter(contexts[index]);
      }

      for (const one of steps) {
        contexts[0].run(() => {
          if (one.do === 'wait') startWaiter(one.context, one.times);
          else if (one.do === 'poll') {
            contexts[one.context].poll();
            model.poll(one.context);
          } else {
            queue[one.do]();
            const count = one.do === 'next' || one.do === 'enterNext' ? 1 : model.waiting.length;
            model.take(count, one.do.startsWith('enter'));
          }
        });
        expect(woken).toEqual(model.woken);
        expect(queue.isEmpty).toBe(model.waiting.length === 0);
      }
    }),
    { numRuns: 500 },
  );
});
