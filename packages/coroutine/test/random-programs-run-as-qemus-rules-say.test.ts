import { AioContext } from '@coaio/aio-context';
import {
  aioCoEnter,
  aioCoKick,
  aioCoSchedule,
  aioCoWake,
  type Co,
  Coroutine,
  CoroutineError,
  coYield,
} from '@coaio/coroutine';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';
import { type Action, type Program, SchedulingModel } from './support/scheduling-model.js';

const COROUTINES = 5;
const CONTEXTS = 3;

const action: fc.Arbitrary<Action> = fc.record({
  verb: fc.constantFrom(
    'enter',
    'enterIfInactive',
    'wake',
    'kick',
    'schedule',
    'aioCoEnter',
    'yield',
    'yield',
  ),
  coroutine: fc.nat(COROUTINES - 1),
  context: fc.nat(CONTEXTS - 1),
});
const program: fc.Arbitrary<Program> = fc.record({
  scripts: fc.array(fc.array(action, { maxLength: 20 }), { minLength: COROUTINES, maxLength: COROUTINES }),
  outside: fc.array(
    fc.oneof(
      fc.record({ poll: fc.nat(CONTEXTS - 1) }),
      fc.record({ in: fc.nat(CONTEXTS - 1), action: action.filter(({ verb }) => verb !== 'yield') }),
    ),
    { minLength: 1, maxLength: 80 },
  ),
});

type Perform = (coroutine: Coroutine, context: AioContext) => void;

const verbs: Record<Exclude<Action['verb'], 'yield'>, Perform> = {
  enter: (coroutine) => coroutine.enter(),
  enterIfInactive: (coroutine) => coroutine.enterIfInactive(),
  wake: (coroutine) => aioCoWake(coroutine),
  kick: (coroutine) => aioCoKick(coroutine),
  schedule: (coroutine, context) => aioCoSchedule(context, coroutine),
  aioCoEnter: (coroutine, context) => aioCoEnter(context, coroutine),
};

/** Runs `program` for real. @returns what the model's log is compared with. */
function run({ scripts, outside }: Program): string[] {
  const log: string[] = [];
  const contexts = Array.from({ length: CONTEXTS }, (_, index) => new AioContext({ name: String(index) }));
  const attempt = ({ verb, coroutine, context }: Action): void => {
    if (verb === 'yield') return;
    try {
      verbs[verb](coroutines[coroutine]!, contexts[context]!);
    } catch (error) {
      if (!(error instanceof CoroutineError)) throw error;
      log.push(error.code);
    }
  };
  const coroutines = scripts.map((script, id) => {
    const co: Coroutine = Coroutine.create(function* (): Co<void> {
      const begins = (at: number) => log.push(`${id} at ${at} in ${co.context?.name}`);
      begins(0);
      for (const [at, action] of script.entries()) {
        if (action.verb === 'yield') {
          yield* coYield();
          begins(at + 1);
        } else attempt(action);
      }
    });
    return co;
  });
  for (const step of outside) {
    if ('poll' in step) contexts[step.poll]!.poll();
    else contexts[step.in]!.run(() => attempt(step.action));
  }
  // Nothing is left for the event loop, which would run it during another program.
  for (let round = 0; round < COROUTINES * 20; round++) for (const context of contexts) context.poll();
  for (const context of contexts) context.close();
  return log;
}

test('who runs, when, in which context, and what is refused', async () => {
  const uncaught = collectUncaught();
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(program, async (program) => {
      uncaught.length = 0;
      const model = new SchedulingModel(program.scripts, CONTEXTS);
      for (const step of program.outside) {
        if ('poll' in step) model.poll(step.poll);
        else model.act(step.in, step.action);
      }
      for (let round = 0; round < COROUTINES * 20; round++) {
        for (let context = 0; context < CONTEXTS; context++) model.poll(context);
      }
      expect(run(program)).toEqual(model.log);
      await Promise.resolve();
      expect(uncaught).toHaveLength(model.uncaught);
      for (const error of uncaught) expect(error).toMatchObject({ code: 'COROUTINE_ENDED' });
      ended += uncaught.length;
    }),
    { numRuns: 500 },
  );
  // The programs do reach the rare case: scheduled, and ended before its turn.
  expect(ended).toBeGreaterThan(0);
});
