import { CoMutex } from '@coaio/co-mutex';
import type { Co } from '@coaio/coroutine';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ABORTED, runSchedule, type Self, schedule, yields } from './support/random-schedule.js';

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

  /** No matter to the head: it has the lock. */
  aborts(id: number): void {
    const at = this.queue.indexOf(id);
    if (at > 0) this.queue.splice(at, 1);
  }
}

/** A critical section: yields before it, whether it only tries, yields inside it. */
const section = fc.record({ before: fc.nat(2), tries: fc.boolean(), inside: fc.nat(2) });
const programs = fc.array(fc.array(section, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 5 });

test('random programs that move and give up: one holder at a time, in the order of asking, nobody forgotten', () => {
  let givenUp = 0;
  fc.assert(
    fc.property(programs, schedule, (all, steps) => {
      const mutex = new CoMutex();
      const model = new Model();

      function* asks({ id, signal }: Self): Co<boolean> {
        model.asks(id);
        try {
          yield* mutex.lock({ signal: signal() });
          return true;
        } catch (error) {
          expect(error).toBe(ABORTED);
          expect(model.queue).not.toContain(id);
          givenUp++;
          return false;
        }
      }

      const bodies = all.map(
        (sections) =>
          function* (self: Self): Co<void> {
            for (const { before, tries, inside } of sections) {
              yield* yields(before);
              if (tries) {
                expect(mutex.tryLock()).toBe(model.isFree);
                if (!model.isFree) continue;
                model.asks(self.id);
              } else if (!(yield* asks(self))) continue;
              model.isGranted(self.id);
              yield* yields(inside);
              model.unlocks(self.id);
              mutex.unlock();
            }
          },
      );
      runSchedule(
        bodies,
        steps,
        (id) => model.aborts(id),
        () => expect(mutex.holder?.name).toBe(model.queue[0]?.toString()),
      );
    }),
    { numRuns: 500 },
  );
  expect(givenUp).toBeGreaterThan(20);
});
