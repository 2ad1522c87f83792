import { CoroutineError } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { ScriptedAttempts } from './support/scripted-attempts.js';

test('it is refused, and the first one goes on; one that does not block gets null', async () => {
  const script = new ScriptedAttempts();
  const first = script.establish();
  await expect(script.establish()).rejects.toMatchObject({
    code: 'NBD_BUSY',
    fault: 'caller',
    message: 'establish: another coroutine waits for "backup" already',
  });
  expect(await script.establish({ blocking: false })).toBe(null);
  (await script.started(0)).succeed('connection 1');
  expect(await first).toBe('connection 1');
});

test('outside a coroutine nobody may', () => {
  const script = new ScriptedAttempts();
  expect(() => [...script.connection.establish()]).toThrow(CoroutineError);
  expect(script.attempts).toEqual([]);
});
