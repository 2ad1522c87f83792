import { CoRwlock } from '@coaio/co-mutex';
import type { Co } from '@coaio/coroutine';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ABORTED, runSchedule, type Self, schedule, yields } from './support/random-schedule.js';
import { RwlockModel } from './support/rwlock-model.js';

/** Yields before it takes the lock and inside; and whether it then changes the way in which it holds it. */
const section = fc.record({
  before: fc.nat(2),
  verb: fc.constantFrom('rdlock' as const, 'wrlock'),
  inside: fc.nat(2),
  changes: fc.boolean(),
});
const programs = fc.array(fc.array(section, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 5 });

test('random programs that move and give up: who holds the lock is who a naive ticket queue says, after each step', () => {
  const seen = { waited: 0, givenUp: 0, readAgain: 0, upgraded: 0 };
  fc.assert(
    fc.property(programs, schedule, (all, steps) => {
      const lock = new CoRwlock();
      const model = new RwlockModel();

      function* takes(verb: 'rdlock' | 'wrlock', { id, signal }: Self): Co<boolean> {
        const atOnce = model[verb](id);
        try {
          yield* lock[verb]({ signal: signal() });
        } catch (error) {
          expect(error).toBe(ABORTED);
          expect(model.hasOrWants(id)).toBe(false);
          seen.givenUp++;
          return false;
        }
        if (atOnce) return true;
        expect(model.goesOn(id)).toBe(verb === 'rdlock' ? 'read' : 'write');
        seen.waited++;
        return true;
      }

      function* upgrades({ id, signal }: Self): Co<void> {
        const atOnce = model.upgrade(id);
        try {
          yield* lock.upgrade({ signal: signal() });
        } catch (error) {
          expect(error).toBe(ABORTED);
          expect(model.goesOn(id)).toBe('read');
          seen.readAgain++;
          return;
        }
        if (!atOnce) expect(model.goesOn(id)).toBe('write');
        seen.upgraded++;
      }

      const bodies = all.map(
        (sections) =>
          function* (self: Self): Co<void> {
            for (const { before, verb, inside, changes } of sections) {
              yield* yields(before);
              if (!(yield* takes(verb, self))) continue;
              yield* yields(inside);
              if (changes && verb === 'rdlock') yield* upgrades(self);
              else if (changes) {
                model.downgrade();
                lock.downgrade();
              }
              if (changes) yield* yields(1);
              model.unlock(self.id);
              lock.unlock();
            }
          },
      );
      runSchedule(
        bodies,
        steps,
        (id) => model.abort(id),
        () => {
          const holders = lock.holders().map(({ name }) => Number(name));
          expect(holders.toSorted().join()).toBe([...model.holders].toSorted().join());
          expect(holders.length).toBe(Math.abs(model.owners));
        },
      );
    }),
    { numRuns: 500 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
});
