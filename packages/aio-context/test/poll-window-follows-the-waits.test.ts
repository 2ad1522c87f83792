import { AioContext } from '@coaio/aio-context';
import { PollWindow } from '@coaio/aio-context/shared';
import { expect, test } from 'vitest';
import { refusalOf } from './support/refusal.js';

/** The window after each of the waits, in nanoseconds. */
function windows(params: Parameters<PollWindow['set']>[0], ...waitsNs: number[]): number[] {
  const window = new PollWindow();
  window.set(params);
  return waitsNs.map((waitNs) => {
    window.adjust(waitNs);
    return window.ns;
  });
}

test('it starts at 4 us, doubles while a longer one would have met the wait, and ends at its limit', () => {
  const wait = 32_000;
  expect(windows({ pollMaxNs: 32_768 }, wait, wait, wait, wait, wait)).toEqual([
    4000, 8000, 16_000, 32_000, 32_000,
  ]);
  expect(windows({ pollMaxNs: 10_000 }, 9999, 9999, 9999, 9999)).toEqual([4000, 8000, 10_000, 10_000]);
  expect(windows({ pollMaxNs: 3000 }, 10)).toEqual([3000]);
});

test('a wait within the window leaves it', () => {
  expect(windows({ pollMaxNs: 32_768 }, 5000, 5000, 8000, 10, 0)).toEqual([4000, 8000, 8000, 8000, 8000]);
});

test('a wait that no window could have met shrinks it: to 0 at once, or by its divisor', () => {
  const [short, long] = [30_000, 40_000];
  expect(windows({ pollMaxNs: 32_768 }, short, short, long)).toEqual([4000, 8000, 0]);
  expect(windows({ pollMaxNs: 32_768, pollShrink: 2 }, short, short, long, long)).toEqual([
    4000, 8000, 4000, 2000,
  ]);
  // Neither in reach nor out of it.
  expect(windows({ pollMaxNs: 32_768 }, short, 32_768)).toEqual([4000, 4000]);
});

test('pollGrow is its factor', () => {
  expect(windows({ pollMaxNs: 100_000, pollGrow: 3 }, 90_000, 90_000, 90_000)).toEqual([
    4000, 12_000, 36_000,
  ]);
});

test('with pollMaxNs 0 there is none; new parameters begin anew', () => {
  expect(windows({ pollMaxNs: 0 }, 1, 10, 1e9)).toEqual([0, 0, 0]);
  const window = new PollWindow();
  window.set({ pollMaxNs: 32_768, pollGrow: 4 });
  window.adjust(30_000);
  window.set({ pollShrink: 2 });
  expect(window.ns).toBe(0);
  expect(window.params).toEqual({ pollMaxNs: 32_768, pollGrow: 4, pollShrink: 2 });
});

test.each([
  ['pollMaxNs', -1],
  ['pollMaxNs', 2 ** 31],
  ['pollGrow', 1.5],
  ['pollShrink', Number.NaN],
])('%s %d is refused', (name, value) => {
  expect(refusalOf(() => new AioContext().setPollParams({ [name]: value }))).toEqual({
    code: 'AIO_POLL_PARAMS',
    message: `setPollParams: ${name} ${value} is not a whole number from 0 to 2147483647`,
  });
});
