import { type Alarm, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { ScriptedAttempts, someTurns } from './support/scripted-attempts.js';

const S = 1e9;

test('with retry the waiter waits on, through as many attempts as it takes', async () => {
  const script = new ScriptedAttempts({ retry: true });
  const waiting = script.establish();
  let now = 0;
  for (const [failed, delay] of [1, 2, 4, 8, 16, 16, 16].entries()) {
    const attempt = await script.started(failed);
    expect(attempt.startedAtNs).toBe(now * S);
    attempt.fail(new Error(`failure ${failed}`));
    await someTurns();
    script.clock.advance(delay * S - 1);
    await someTurns();
    expect(script.attempts).toHaveLength(failed + 1);
    script.clock.advance(1);
    now += delay;
  }
  (await script.started(7)).succeed('connection 1');
  expect(await waiting).toBe('connection 1');
  expect(script.failures.map((error) => (error as Error).message)).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((failed) => `failure ${failed}`),
  );
});

test('not blocking: null, before, between and after failures', async () => {
  const script = new ScriptedAttempts({ retry: true });
  expect(await script.establish({ blocking: false })).toBe(null);
  (await script.started(0)).fail(new Error('no'));
  await someTurns();
  expect(await script.establish({ blocking: false })).toBe(null);
  script.clock.advance(S);
  await script.started(1);
  expect(await script.establish({ blocking: false })).toBe(null);
});

test('a new row of attempts begins with one second again', async () => {
  const script = new ScriptedAttempts({ retry: true });
  const first = script.establish();
  (await script.started(0)).fail(new Error('no'));
  await someTurns();
  script.clock.advance(S);
  (await script.started(1)).succeed('connection 1');
  await first;
  void script.establish();
  (await script.started(2)).fail(new Error('no'));
  await someTurns();
  script.clock.advance(S);
  await script.started(3);
});

test('setRetry counts from the next failure on', async () => {
  const script = new ScriptedAttempts();
  const waiting = script.establish();
  script.connection.setRetry(true);
  (await script.started(0)).fail(new Error('first'));
  await someTurns();
  script.connection.setRetry(false);
  script.clock.advance(S);
  (await script.started(1)).fail(new Error('second'));
  await expect(waiting).rejects.toThrow('second');
});

/** Tells whether a timer waits for it. */
class WatchedClock extends VirtualClock {
  armed = 0;

  override createAlarm(expired: () => void): Alarm {
    const alarm = super.createAlarm(expired);
    let isSet = false;
    const now = (set: boolean): void => {
      this.armed += Number(set) - Number(isSet);
      isSet = set;
    };
    return {
      set: (deadlineNs) => {
        now(true);
        alarm.set(deadlineNs);
      },
      clear: () => {
        now(false);
        alarm.clear();
      },
    };
  }
}

test('release ends the sleep between two', async () => {
  const clock = new WatchedClock();
  const script = new ScriptedAttempts({ retry: true, clock });
  const waiting = script.establish();
  (await script.started(0)).fail(new Error('no'));
  await someTurns();
  expect(clock.armed).toBe(1);
  script.connection.release();
  await expect(waiting).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  expect(clock.armed).toBe(0);
  clock.advance(100 * S);
  await someTurns();
  expect(script.attempts).toHaveLength(1);
});

test('a failure handler that throws is no reason not to try again', async () => {
  const uncaught: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error));
  try {
    const script = new ScriptedAttempts({
      retry: true,
      onAttemptFailed: () => {
        throw new Error('of the handler');
      },
    });
    const waiting = script.establish();
    (await script.started(0)).fail(new Error('no'));
    await someTurns();
    script.clock.advance(S);
    (await script.started(1)).succeed('connection 1');
    expect(await waiting).toBe('connection 1');
    expect(uncaught).toMatchObject([{ message: 'of the handler' }]);
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
});
