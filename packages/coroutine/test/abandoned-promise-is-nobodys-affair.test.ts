import { type Co, Coroutine, coAwait } from '@coaio/coroutine';
import { expect, onTestFinished, test } from 'vitest';

/** Catches unhandled rejections until the test ends; without it vitest would fail. */
function collectUnhandled(): unknown[] {
  const reasons: unknown[] = [];
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => reasons.push(reason));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });
  return reasons;
}

test.each([false, true])(
  'a rejection after the wait was aborted is not unhandled (before: %s)',
  async (before) => {
    const unhandled = collectUnhandled();
    const controller = new AbortController();
    let reject: (reason: unknown) => void = () => {};
    const promise = new Promise((_resolve, refuse) => {
      reject = refuse;
    });
    if (before) controller.abort('aborted');
    const ends: unknown[] = [];
    const co = Coroutine.create(function* (): Co<void> {
      try {
        yield* coAwait(promise, { signal: controller.signal });
      } catch (error) {
        ends.push(error);
      }
    });
    co.enter();
    controller.abort('aborted');
    expect(ends).toEqual(['aborted']);
    reject(new Error('late'));
    // Node tells of an unhandled one before the next turn of the event loop.
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
    void Promise.reject('control');
    await new Promise(setImmediate);
    expect(unhandled).toEqual(['control']);
  },
);
