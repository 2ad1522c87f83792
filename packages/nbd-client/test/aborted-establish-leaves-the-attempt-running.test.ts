import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { ScriptedAttempts, someTurns } from './support/scripted-attempts.js';

const reason = new Error('enough');

test('the signal ends the wait with its reason; the next establish adopts', async () => {
  const script = new ScriptedAttempts();
  const controller = new AbortController();
  const waiting = script.establish({ signal: controller.signal });
  const attempt = await script.started(0);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(attempt.signal.aborted).toBe(false);
  attempt.succeed('connection 1');
  await someTurns();
  expect(await script.establish()).toBe('connection 1');
});

test('aborted before: nothing is started', async () => {
  const script = new ScriptedAttempts();
  await expect(script.establish({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await someTurns();
  expect(script.attempts).toEqual([]);
});

test('the signal keeps nothing of a wait that has ended', async () => {
  const script = new ScriptedAttempts();
  const { signal } = new AbortController();
  const waiting = script.establish({ signal });
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  (await script.started(0)).succeed('connection 1');
  await waiting;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a connection that has come already wins', async () => {
  const script = new ScriptedAttempts();
  const controller = new AbortController();
  const waiting = script.establish({ signal: controller.signal });
  (await script.started(0)).succeed('connection 1');
  for (let microtask = 0; microtask < 20; microtask++) await null;
  controller.abort(reason);
  expect(await waiting).toBe('connection 1');
});
