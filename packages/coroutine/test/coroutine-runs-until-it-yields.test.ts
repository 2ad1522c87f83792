import { type Co, Coroutine, coSelf, coYield, inCoroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('enter runs it to its next yield or its end, before it returns', () => {
  const steps: string[] = [];
  const co = Coroutine.create(function* (): Co<void> {
    steps.push(`first ${co.state} ${co.entered}`);
    yield* coYield();
    steps.push('second');
    yield* coYield();
    steps.push('third');
  });
  expect([co.state, co.entered, steps]).toEqual(['created', false, []]);
  co.enter();
  expect([co.state, co.entered, steps]).toEqual(['yielded', false, ['first active true']]);
  co.enter();
  expect(steps).toEqual(['first active true', 'second']);
  co.enter();
  expect([co.state, co.entered]).toEqual(['ended', false]);
  expect(steps).toEqual(['first active true', 'second', 'third']);
});

test('coSelf is the running one, through nested entries', () => {
  const seen: unknown[] = [];
  const inner = Coroutine.create(function* (): Co<void> {
    seen.push(coSelf());
  });
  const outer = Coroutine.create(function* (): Co<void> {
    seen.push(coSelf(), outer.entered);
    inner.enter();
    seen.push(coSelf());
  });
  expect(inCoroutine()).toBe(false);
  outer.enter();
  expect(seen).toEqual([outer, true, inner, outer]);
  expect(inCoroutine()).toBe(false);
});

test('a coroutine that throws leaves nobody running', () => {
  const co = Coroutine.create(function* (): Co<void> {
    throw new Error('thrown inside');
  });
  expect(() => co.enter()).toThrow('thrown inside');
  expect(inCoroutine()).toBe(false);
  expect(co.state).toBe('ended');
});
