import { AioContext, VirtualClock } from '@coaio/aio-context';
import {
  aioCoSchedule,
  type Co,
  Coroutine,
  coAwait,
  coSelf,
  coSleep,
  coTimeout,
  coYield,
  SharedResource,
} from '@coaio/coroutine';
import { expect, test } from 'vitest';

const clock = new VirtualClock();

/** Starts `body`, and moves it to a context of its own: what ends its wait is some time before its turn there. */
function started(body: () => Co<unknown>) {
  const context = new AioContext();
  const outcome: unknown[] = [];
  const co = Coroutine.create(function* (): Co<void> {
    try {
      outcome.push(yield* body());
    } catch (error) {
      outcome.push(error);
    }
  });
  co.enter();
  aioCoSchedule(context, co);
  context.poll();
  return { context, outcome };
}

test('a timer that expires before the abort, and one after', () => {
  for (const abortFirst of [false, true]) {
    const controller = new AbortController();
    const { context, outcome } = started(() => coSleep(10, clock, { signal: controller.signal }));
    if (abortFirst) controller.abort('aborted');
    clock.advance(10);
    controller.abort('aborted');
    expect(outcome).toEqual([]);
    context.poll();
    expect(outcome).toEqual([abortFirst ? 'aborted' : undefined]);
  }
});

test('a promise that settles before the abort, and one after', async () => {
  for (const abortFirst of [false, true]) {
    const controller = new AbortController();
    const promise = Promise.resolve('value');
    const { context, outcome } = started(() => coAwait(promise, { signal: controller.signal }));
    if (abortFirst) controller.abort('aborted');
    await promise;
    controller.abort('aborted');
    expect(outcome).toEqual([]);
    context.poll();
    expect(outcome).toEqual([abortFirst ? 'aborted' : 'value']);
  }
});

test('a share that is granted before the abort stays taken; one after is not', () => {
  for (const abortFirst of [false, true]) {
    const controller = new AbortController();
    const resource = new SharedResource(1);
    resource.tryGet(1);
    const { context, outcome } = started(() => resource.get(1, { signal: controller.signal }));
    if (abortFirst) controller.abort('aborted');
    resource.put(1);
    controller.abort('aborted');
    expect(outcome).toEqual([]);
    context.poll();
    expect([outcome, resource.available]).toEqual(abortFirst ? [['aborted'], 1] : [[undefined], 0]);
  }
});

test('an entry of coTimeout that ends after its time was up, but before the caller had its turn', () => {
  for (const how of ['timeout', 'abort']) {
    const controller = new AbortController();
    const entries: Coroutine[] = [];
    const cleaned: unknown[] = [];
    const { context, outcome } = started(() =>
      coTimeout(
        function* work(): Co<string> {
          entries.push(coSelf());
          yield* coYield();
          return 'just in time';
        },
        10,
        { clock, signal: controller.signal, clean: (end) => cleaned.push(end) },
      ),
    );
    if (how === 'abort') controller.abort('aborted');
    else clock.advance(10);
    entries[0]!.enter();
    context.poll();
    expect([outcome, cleaned]).toEqual([['just in time'], []]);
  }
});
