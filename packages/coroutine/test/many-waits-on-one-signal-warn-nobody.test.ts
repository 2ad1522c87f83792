import { getEventListeners } from 'node:events';
import { VirtualClock } from '@coaio/aio-context';
import { type Co, Coroutine, CoSleep, coAwait, coSleep } from '@coaio/coroutine';
import { expect, test, vi } from 'vitest';

test('a hundred waits on one signal: one listener, no warning, and all end', () => {
  const warned = vi.spyOn(process, 'emitWarning');
  const clock = new VirtualClock();
  const controller = new AbortController();
  const { signal } = controller;
  const kinds = [
    () => coSleep(1, clock, { signal }),
    () => new CoSleep().sleep(undefined, undefined, { signal }),
    () => coAwait(new Promise(() => {}), { signal }),
  ];
  let aborted = 0;
  for (let i = 0; i < 100; i++) {
    Coroutine.create(function* (): Co<void> {
      try {
        yield* kinds[i % kinds.length]!();
      } catch {
        aborted++;
      }
    }).enter();
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  controller.abort();
  expect(aborted).toBe(100);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(warned).not.toHaveBeenCalled();
});
