import { type Co, Coroutine, CoSleep, coSleep, coTimeout } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function refused(message: string) {
  return expect.objectContaining({ code: 'COROUTINE_SLEEP_TIME', message });
}

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s nanoseconds', (ns) => {
  const sleep = new CoSleep();
  expect(() => Coroutine.create(() => coSleep(ns)).enter()).toThrow(
    refused(`sleep: ${ns} is not a number of nanoseconds`),
  );
  expect(() => Coroutine.create(() => sleep.sleep(ns)).enter()).toThrow(
    refused(`sleep: ${ns} is not a number of nanoseconds`),
  );
  expect(sleep.sleeper).toBe(null);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('a limit of %s: the entry does not start', (ns) => {
  let started = false;
  function* entry(): Co<void> {
    started = true;
  }
  expect(() => Coroutine.create(() => coTimeout(entry, ns)).enter()).toThrow(
    refused(`coTimeout: ${ns} is not a number of nanoseconds from 0 on`),
  );
  expect(started).toBe(false);
});
