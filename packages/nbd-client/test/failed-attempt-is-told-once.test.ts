import { expect, test } from 'vitest';
import { ScriptedAttempts, someTurns } from './support/scripted-attempts.js';

const refused = new Error('connection refused');

test('to the waiter; the next establish makes another attempt', async () => {
  const script = new ScriptedAttempts();
  const waiting = script.establish();
  (await script.started(0)).fail(refused);
  await expect(waiting).rejects.toBe(refused);
  expect(await script.establish({ blocking: false })).toBe(null);
  await script.started(1);
});

test('if nobody waits, to the next establish that does not block, while another attempt is under way', async () => {
  const script = new ScriptedAttempts();
  await script.establish({ blocking: false });
  (await script.started(0)).fail(refused);
  await someTurns();
  await expect(script.establish({ blocking: false })).rejects.toBe(refused);
  const again = await script.started(1);
  expect(await script.establish({ blocking: false })).toBe(null);
  again.succeed('connection 2');
  await someTurns();
  expect(await script.establish({ blocking: false })).toBe('connection 2');
});

test('one that blocks does not care for it, and waits for another attempt', async () => {
  const script = new ScriptedAttempts();
  await script.establish({ blocking: false });
  (await script.started(0)).fail(refused);
  await someTurns();
  const waiting = script.establish();
  (await script.started(1)).succeed('connection 2');
  expect(await waiting).toBe('connection 2');
  expect(script.failures).toEqual([refused]);
});
