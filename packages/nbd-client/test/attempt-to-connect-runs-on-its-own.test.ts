import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { coRun, coWaits } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { ScriptedAttempts, someTurns } from './support/scripted-attempts.js';

test('in no coroutine, in the context that was given; the waiter goes on in its own', async () => {
  const script = new ScriptedAttempts();
  const home = new AioContext({ name: 'waits here' });
  const seen: unknown[] = [];
  const waiting = coRun(
    function* () {
      seen.push(yield* script.connection.establish(), getCurrentAioContext()?.name);
    },
    { context: home },
  );
  const attempt = await script.started(0);
  expect(attempt).toMatchObject({ inCoroutine: false, inContext: true });
  expect(coWaits().map(({ on }) => `${on.kind} ${on.name}`)).toEqual(['NbdClientConnection backup']);
  attempt.succeed('connection 1');
  await waiting;
  expect(seen).toEqual(['connection 1', 'waits here']);
  expect(coWaits()).toEqual([]);
});

test('not blocking: null while it runs, which it does in the background; then what it has come to, at once', async () => {
  const script = new ScriptedAttempts();
  expect(await script.establish({ blocking: false })).toBe(null);
  const attempt = await script.started(0);
  expect(await script.establish({ blocking: false })).toBe(null);
  attempt.succeed('connection 1');
  await someTurns();
  expect(await script.establish({ blocking: false })).toBe('connection 1');
  expect(script.attempts).toHaveLength(1);
  // It was adopted: the next is another.
  expect(await script.establish({ blocking: false })).toBe(null);
  await script.started(1);
});

test('a result that is there is adopted without a yield', async () => {
  const script = new ScriptedAttempts();
  void script.establish({ blocking: false });
  (await script.started(0)).succeed('connection 1');
  await someTurns();
  let adopted: string | null = null;
  void coRun(function* () {
    adopted = yield* script.connection.establish();
  });
  expect(adopted).toBe('connection 1');
});

test('an attempt that throws at once, or whose context is closed, fails like any other', async () => {
  const broken = new ScriptedAttempts();
  broken.context.close();
  await expect(broken.establish()).rejects.toMatchObject({ code: 'AIO_CONTEXT_CLOSED' });
  broken.connection.setRetry(true);
  await expect(broken.establish()).rejects.toMatchObject({ code: 'AIO_CONTEXT_CLOSED' });
});
