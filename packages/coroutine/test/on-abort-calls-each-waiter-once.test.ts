import { onAbort } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

test('first come, first called, and only once', () => {
  const controller = new AbortController();
  const calls: string[] = [];
  const twice = (): void => void calls.push('twice');
  for (const callback of [() => calls.push('first'), twice, twice]) onAbort(controller.signal, callback);
  expect(calls).toEqual([]);
  controller.abort();
  controller.abort();
  controller.signal.dispatchEvent(new Event('abort'));
  expect(calls).toEqual(['first', 'twice', 'twice']);
});

test('one that was taken back is not called, not even by a callback of the same abort', () => {
  const controller = new AbortController();
  const calls: string[] = [];
  const early = onAbort(controller.signal, () => calls.push('taken back early'));
  onAbort(controller.signal, () => {
    calls.push('first');
    late();
  });
  const late = onAbort(controller.signal, () => calls.push('taken back late'));
  early();
  controller.abort();
  expect(calls).toEqual(['first']);
});

test('a signal that has aborted calls at once', () => {
  const calls: string[] = [];
  onAbort(AbortSignal.abort(), () => calls.push('called'))();
  expect(calls).toEqual(['called']);

  const controller = new AbortController();
  onAbort(controller.signal, () => {
    onAbort(controller.signal, () => calls.push('from a callback'));
    calls.push('callback');
  });
  controller.abort();
  expect(calls).toEqual(['called', 'from a callback', 'callback']);
});

test('one that throws keeps nobody from being called', async () => {
  const uncaught = collectUncaught();
  const controller = new AbortController();
  const calls: string[] = [];
  onAbort(controller.signal, () => {
    throw new Error('of a callback');
  });
  onAbort(controller.signal, () => calls.push('second'));
  controller.abort();
  expect(calls).toEqual(['second']);
  await Promise.resolve();
  expect(uncaught).toEqual([expect.objectContaining({ message: 'of a callback' })]);
});
