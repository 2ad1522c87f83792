import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { aioCoWake, type Co, Coroutine, coYield, inCoroutine } from '@coaio/coroutine';
import { expect, onTestFinished, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

test('its error is uncaught, and the coroutines run as without it', async () => {
  const uncaught = collectUncaught();
  const listener = (): void => {
    throw new Error('of the subscriber');
  };
  const names = ['create', 'enter', 'yield', 'wake', 'end'].map((name) => `coaio:coroutine:${name}`);
  for (const name of names) subscribe(name, listener);
  onTestFinished(() => {
    for (const name of names) unsubscribe(name, listener);
  });
  const co = Coroutine.create(function* (): Co<void> {
    yield* coYield();
  });
  co.enter();
  expect([co.state, inCoroutine()]).toEqual(['yielded', false]);
  aioCoWake(co);
  expect([co.state, inCoroutine()]).toEqual(['ended', false]);
  await new Promise(setImmediate);
  // create, enter, yield, wake, enter, end.
  expect(uncaught).toHaveLength(6);
});
