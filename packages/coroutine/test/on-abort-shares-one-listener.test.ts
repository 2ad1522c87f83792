import { getEventListeners } from 'node:events';
import { onAbort } from '@coaio/coroutine';
import { expect, test, vi } from 'vitest';

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

test('however many wait, the signal has one listener, and none once they are gone', () => {
  const { signal } = new AbortController();
  const warned = vi.spyOn(process, 'emitWarning');
  const takeBack = Array.from({ length: 100 }, () => onAbort(signal, () => {}));
  expect(listeners(signal)).toBe(1);
  for (const [i, off] of takeBack.entries()) {
    expect(listeners(signal)).toBe(1);
    off();
    off();
    expect(listeners(signal)).toBe(i === 99 ? 0 : 1);
  }
  const off = onAbort(signal, () => {});
  expect(listeners(signal)).toBe(1);
  off();
  expect(warned).not.toHaveBeenCalled();
});

test('it has none after it aborted', () => {
  const controller = new AbortController();
  const off = onAbort(controller.signal, () => {});
  controller.abort();
  expect(listeners(controller.signal)).toBe(0);
  off();
});
