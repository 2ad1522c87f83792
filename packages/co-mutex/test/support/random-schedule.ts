import { AioContext } from '@coaio/aio-context';
import { type Co, Coroutine, coYield } from '@coaio/coroutine';
import fc from 'fast-check';
import { expect } from 'vitest';

type Step =
  | { do: 'poll'; context: number }
  /** Whatever it waits for; in the other context it has moved there. */
  | { do: 'enter'; who: number; context: number }
  | { do: 'abort'; who: number };

const context = fc.nat(1);
const who = fc.nat(4);

/** What happens to coroutines in two contexts. */
export const schedule: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ do: fc.constant('poll' as const), context }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('enter' as const), who, context }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), who }) },
  ),
  { minLength: 20, maxLength: 80 },
);

export const ABORTED = new Error('aborted');

/** What one of the coroutines needs to know. */
export interface Self {
  readonly id: number;
  /** For a wait that begins. */
  signal(): AbortSignal;
}

export function* yields(count: number): Co<void> {
  for (let i = 0; i < count; i++) yield* coYield();
}

/** Runs `bodies` as `steps` say, then until all have ended; `check` after each step. */
export function runSchedule(
  bodies: ((self: Self) => Co<void>)[],
  steps: Step[],
  willAbort: (id: number) => void,
  check: () => void,
): void {
  const contexts = [new AioContext(), new AioContext()];
  const failures: unknown[] = [];
  const aborts = bodies.map(() => new AbortController());
  const coroutines = bodies.map((body, id) => {
    const signal = (): AbortSignal => {
      aborts[id] = new AbortController();
      return aborts[id].signal;
    };
    return Coroutine.create(function* (): Co<void> {
      try {
        yield* body({ id, signal });
      } catch (error) {
        // Here: whoever enters it in the course of something else must not be the one to get this.
        failures.push(error);
      }
    }, `${id}`);
  });

  function perform(step: Step): void {
    if (step.do === 'poll') contexts[step.context]!.poll();
    else if (step.do === 'enter') {
      const co = coroutines[step.who];
      if (co !== undefined && co.state !== 'ended' && co.scheduledBy === null)
        co.enter(contexts[step.context]);
    } else if (step.who < bodies.length) {
      willAbort(step.who);
      aborts[step.who]!.abort(ABORTED);
    }
    if (failures.length > 0) throw failures[0];
    check();
  }

  for (const step of steps) perform(step);
  for (let round = 0; round < 60 && coroutines.some(({ state }) => state !== 'ended'); round++) {
    for (const context of contexts.keys()) perform({ do: 'poll', context });
    for (const who of coroutines.keys()) perform({ do: 'enter', who, context: round % 2 });
  }
  expect(coroutines.map(({ state, locksHeld }) => [state, locksHeld])).toEqual(
    coroutines.map(() => ['ended', 0]),
  );
}
