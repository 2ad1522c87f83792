import { coRun, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { ScriptedAttempts, someTurns } from './support/scripted-attempts.js';

const cancelled = { code: 'NBD_CANCELLED', message: 'establish: cancelled: the attempt goes on' };

test('the waiter gets NBD_CANCELLED, the next establish the result of the same attempt', async () => {
  const script = new ScriptedAttempts();
  const waiting = script.establish();
  const attempt = await script.started(0);
  script.connection.cancel();
  await expect(waiting).rejects.toMatchObject(cancelled);
  expect(attempt.signal.aborted).toBe(false);
  attempt.succeed('connection 1');
  await someTurns();
  expect(await script.establish()).toBe('connection 1');
  expect(script.attempts).toHaveLength(1);
  expect(script.discarded).toEqual([]);
});

test('the next one may also wait for it', async () => {
  const script = new ScriptedAttempts();
  const first = script.establish();
  const attempt = await script.started(0);
  script.connection.cancel();
  const second = script.establish();
  attempt.succeed('connection 1');
  await expect(first).rejects.toMatchObject(cancelled);
  expect(await second).toBe('connection 1');
  expect(script.attempts).toHaveLength(1);
});

test('inside a coroutine too: the waiter runs when that one yields', async () => {
  const script = new ScriptedAttempts();
  const log: string[] = [];
  const waiting = coRun(function* () {
    try {
      yield* script.connection.establish();
    } catch (error) {
      log.push((error as { code: string }).code);
    }
  });
  await script.started(0);
  await coRun(function* () {
    script.connection.cancel();
    log.push('called');
  });
  await waiting;
  expect(log).toEqual(['called', 'NBD_CANCELLED']);
});

test('between the end of the attempt and the waiter’s turn it comes too late', async () => {
  const script = new ScriptedAttempts();
  const waiting = script.establish();
  const attempt = await script.started(0);
  attempt.succeed('connection 1');
  // The waiter is woken in one of these microtasks, and runs with its context's next poll.
  for (let microtask = 0; microtask < 20; microtask++) await null;
  script.connection.cancel();
  expect(await waiting).toBe('connection 1');
});

test('it is a no-op when nobody waits, and ends one wait only', async () => {
  const script = new ScriptedAttempts();
  script.connection.cancel();
  const waiting = script.establish();
  script.connection.cancel();
  script.connection.cancel();
  await expect(waiting).rejects.toMatchObject(cancelled);
  const next = script.establish();
  (await script.started(0)).succeed('connection 1');
  expect(await next).toBe('connection 1');
});

test('with its last failure as the cause', async () => {
  const script = new ScriptedAttempts({ retry: true });
  const waiting = script.establish();
  const refused = new Error('connection refused');
  (await script.started(0)).fail(refused);
  await someTurns();
  script.connection.cancel();
  await expect(waiting).rejects.toMatchObject({
    code: 'NBD_CANCELLED',
    message: 'establish: cancelled: connection refused',
    cause: refused,
  });
});

test('but not one of earlier attempts', async () => {
  const script = new ScriptedAttempts();
  const first = script.establish();
  (await script.started(0)).fail(new Error('connection refused'));
  await expect(first).rejects.toThrow('connection refused');
  const second = script.establish();
  script.connection.cancel();
  await expect(second).rejects.toMatchObject(cancelled);
});

test('a waiter is resumed once, for whatever ended its wait', async () => {
  const script = new ScriptedAttempts();
  let resumed = 0;
  const waiting = coRun(function* () {
    const wait = script.connection.establish()[Symbol.iterator]() as Generator<undefined, string | null>;
    for (;;) {
      const next = wait.next();
      if (next.done) break;
      yield* coYield();
      resumed++;
    }
    // Whatever else would wake it ends this one.
    yield* coYield();
    resumed++;
  });
  waiting.catch(() => {});
  (await script.started(0)).succeed('connection 1');
  await someTurns();
  script.connection.cancel();
  script.connection.release();
  await someTurns();
  expect(resumed).toBe(1);
});
