import { AioContext } from '@coaio/aio-context';
import { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine, coYield } from '@coaio/coroutine';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** The lock as a queue: its head holds it. */
class Model {
  readonly queue: number[] = [];

  asks(id: number): void {
    this.queue.push(id);
  }

  /** Also what a try that fails must find: somebody in the queue. */
  get isFree(): boolean {
    return this.queue.length === 0;
  }

  isGranted(id: number): void {
    expect(this.queue[0]).toBe(id);
  }

  unlocks(id: number): void {
    expect(this.queue.shift()).toBe(id);
  }
}

/** A critical section: yields before it, whether it only tries, yields inside it. */
const section = fc.record({ before: fc.nat(2), tries: fc.boolean(), inside: fc.nat(2) });
const program = fc.record({ context: fc.nat(1), sections: fc.array(section, { maxLength: 4 }) });
const programs = fc.array(program, { minLength: 2, maxLength: 5 });
/** Below 2: polls that context; else enters one of the coroutines, whatever it waits for. */
const schedule = fc.array(fc.nat(6), { maxLength: 80 });

test('random programs in two contexts: one holder at a time, in the order of asking, nobody forgotten', () => {
  fc.assert(
    fc.property(programs, schedule, (bodies, steps) => {
      const contexts = [new AioContext(), new AioContext()];
      const mutex = new CoMutex();
      const model = new Model();

      function* yields(count: number): Co<void> {
        for (let i = 0; i < count; i++) yield* coYield();
      }

      const coroutines = bodies.map(({ sections }, id) =>
        Coroutine.create(function* (): Co<void> {
          for (const { before, tries, inside } of sections) {
            yield* yields(before);
            if (tries) {
              expect(mutex.tryLock()).toBe(model.isFree);
              if (!model.isFree) continue;
              model.asks(id);
            } else {
              model.asks(id);
              yield* mutex.lock();
            }
            model.isGranted(id);
            yield* yields(inside);
            model.unlocks(id);
            mutex.unlock();
          }
        }),
      );

      function enter(index: number): void {
        const co = coroutines[index % coroutines.length]!;
        const runnable = co.state !== 'ended' && co.scheduledBy === null;
        if (runnable) co.enter(contexts[bodies[index % bodies.length]!.context]);
      }

      for (const step of steps) {
        if (step < 2) contexts[step]!.poll();
        else enter(step - 2);
      }
      for (let round = 0; round < 50; round++) {
        for (const context of contexts) context.poll();
        for (const index of coroutines.keys()) enter(index);
      }
      expect(coroutines.map((co) => co.state)).toEqual(coroutines.map(() => 'ended'));
      expect(mutex.holder).toBeNull();
    }),
    { numRuns: 500 },
  );
});
