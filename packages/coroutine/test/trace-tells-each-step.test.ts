import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { AioContext, VirtualClock } from '@coaio/aio-context';
import {
  aioCoKick,
  aioCoSchedule,
  aioCoWake,
  type Co,
  Coroutine,
  type CoroutineTrace,
  coSleep,
  coYield,
} from '@coaio/coroutine';
import { expect, onTestFinished, test } from 'vitest';

type Name = keyof CoroutineTrace;

/** One line for each message on `names` until the test ends. */
function traced(names: Name[]): string[] {
  const lines: string[] = [];
  for (const name of names) {
    const listener = (message: unknown): void => {
      lines.push(line(name, message));
    };
    subscribe(name, listener);
    onTestFinished(() => void unsubscribe(name, listener));
  }
  return lines;
}

function line(name: Name, message: unknown): string {
  const fields = Object.entries(message as Record<string, unknown>).map(([key, value]) => {
    if (value instanceof Coroutine || value instanceof AioContext) return `${key}=${value.name}`;
    if (key === 'thrown' && value !== null) return `thrown=${(value as { error: Error }).error.message}`;
    if (key === 'wait' && value !== undefined) return `wait=${(value as { on: { kind: string } }).on.kind}`;
    if (key === 'on') return `on=${(value as { kind: string }).kind}`;
    if (key === 'sinceMs') return `sinceMs is a ${typeof value}`;
    return `${key}=${value}`;
  });
  return [name.replace('coaio:coroutine:', ''), ...fields].join(' ');
}

test('create, enter, yield and end', () => {
  const lines = traced([
    'coaio:coroutine:create',
    'coaio:coroutine:enter',
    'coaio:coroutine:yield',
    'coaio:coroutine:end',
  ]);
  const context = new AioContext({ name: 'disk' });
  const inner = Coroutine.create(function* inner(): Co<void> {
    yield* coYield();
    throw new Error('of inner');
  });
  inner.enter(context);
  const outer = Coroutine.create(function* outer(): Co<void> {
    expect(() => inner.enter()).toThrow('of inner');
  });
  outer.enter(context);
  expect(lines).toEqual([
    'create coroutine=inner',
    'enter coroutine=inner context=disk enterer=null',
    'yield coroutine=inner wait=undefined',
    'create coroutine=outer',
    'enter coroutine=outer context=disk enterer=null',
    'enter coroutine=inner context=disk enterer=outer',
    'end coroutine=inner thrown=of inner',
    'end coroutine=outer thrown=null',
  ]);
});

test('wake: who woke whom, with which operation, for which context', () => {
  const [here, there] = [new AioContext({ name: 'here' }), new AioContext({ name: 'there' })];
  const sleeper = Coroutine.create(function* sleeper(): Co<void> {
    for (;;) yield* coYield();
  });
  sleeper.enter(here);
  const lines = traced(['coaio:coroutine:wake', 'coaio:coroutine:enter']);
  here.run(() => aioCoWake(sleeper));
  aioCoSchedule(there, sleeper);
  aioCoKick(sleeper);
  there.poll();
  Coroutine.create(function* waker(): Co<void> {
    aioCoKick(sleeper);
  }).enter(there);
  expect(lines).toEqual([
    'wake coroutine=sleeper operation=aioCoWake waker=null context=here',
    'enter coroutine=sleeper context=here enterer=null',
    'wake coroutine=sleeper operation=aioCoSchedule waker=null context=there',
    'enter coroutine=sleeper context=there enterer=null',
    'enter coroutine=waker context=there enterer=null',
    'wake coroutine=sleeper operation=aioCoKick waker=waker context=there',
    'enter coroutine=sleeper context=there enterer=null',
  ]);
});

test('a wake that is refused is not told', () => {
  const lines = traced(['coaio:coroutine:wake']);
  const closed = new AioContext();
  closed.close();
  const co = Coroutine.create(function* (): Co<void> {});
  expect(() => aioCoSchedule(closed, co)).toThrow('closed');
  co.enter();
  expect(() => aioCoWake(co)).toThrow('has ended');
  expect(lines).toEqual([]);
});

test('waits: their begin and end, and what a yield is for', () => {
  const lines = traced(['coaio:coroutine:wait-begin', 'coaio:coroutine:wait-end', 'coaio:coroutine:yield']);
  const clock = new VirtualClock();
  Coroutine.create(function* sleeper(): Co<void> {
    yield* coSleep(10, clock);
  }).enter();
  clock.advance(10);
  expect(lines).toEqual([
    'wait-begin coroutine=sleeper on=CoSleep purpose=undefined sinceMs is a number',
    'yield coroutine=sleeper wait=CoSleep',
    'wait-end coroutine=sleeper on=CoSleep purpose=undefined sinceMs is a number',
  ]);
});
