import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

const main = getMainAioContext();
const reason = new Error('too late');

test.each(['next', 'restartAll'] as const)('%s, then an abort before its turn: it was woken', (verb) => {
  const queue = new CoQueue();
  const abort = new AbortController();
  const log: unknown[] = [];
  Coroutine.create(function* (): Co<void> {
    yield* queue.wait(undefined, { signal: abort.signal });
    log.push('woken');
    // The next wait throws: the caller learns of the abort as soon as it has dealt with the wake.
    try {
      yield* queue.wait(undefined, { signal: abort.signal });
    } catch (error) {
      log.push(error);
    }
  }).enter();
  queue[verb]();
  abort.abort(reason);
  expect(log).toEqual([]);
  main.poll();
  expect(log).toEqual(['woken', reason]);
  expect(queue.isEmpty).toBe(true);
});

test('an abort, then next: the wake goes to the one behind', () => {
  const queue = new CoQueue();
  const abort = new AbortController();
  const log: string[] = [];
  for (const [name, signal] of [
    ['first', abort.signal],
    ['second', undefined],
  ] as const) {
    Coroutine.create(function* (): Co<void> {
      try {
        yield* queue.wait(undefined, { signal });
        log.push(`${name} woken`);
      } catch {
        log.push(`${name} abandoned`);
      }
    }).enter();
  }
  abort.abort(reason);
  expect(queue.next()).toBe(true);
  main.poll();
  expect(log).toEqual(['first abandoned', 'second woken']);
});
