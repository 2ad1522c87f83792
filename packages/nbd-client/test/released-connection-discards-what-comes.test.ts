import { coRun } from '@coaio/coroutine';
import { NbdClientConnection } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { ScriptedAttempts, someTurns } from './support/scripted-attempts.js';

const closed = { code: 'NBD_CLOSED', message: 'establish: "backup" was released' };

test('while an attempt runs: its signal aborts, and a result that comes all the same is discarded', async () => {
  const script = new ScriptedAttempts();
  const waiting = script.establish();
  const attempt = await script.started(0);
  script.connection.release();
  await expect(waiting).rejects.toMatchObject(closed);
  expect(attempt.signal.reason).toMatchObject(closed);
  attempt.succeed('connection 1');
  await someTurns();
  expect(script.discarded).toEqual(['connection 1']);
});

test('an attempt that gives up then is no failure', async () => {
  const script = new ScriptedAttempts({ retry: true });
  void script.establish();
  const attempt = await script.started(0);
  attempt.signal.addEventListener('abort', () => attempt.fail(attempt.signal.reason));
  script.connection.release();
  await someTurns();
  expect(script.failures).toEqual([]);
  expect(script.attempts).toHaveLength(1);
});

test('what nobody has adopted is discarded at once, and what somebody has is not', async () => {
  const script = new ScriptedAttempts();
  const adopting = script.establish();
  (await script.started(0)).succeed('adopted');
  await adopting;
  await script.establish({ blocking: false });
  (await script.started(1)).succeed('left over');
  await someTurns();
  expect(script.attempts[0]?.signal.aborted).toBe(false);
  script.connection.release();
  script.connection.release();
  expect(script.discarded).toEqual(['left over']);
  expect(script.attempts[0]?.signal.aborted).toBe(false);
});

test('an attempt that has not begun never does', async () => {
  const script = new ScriptedAttempts();
  void script.establish();
  script.connection.release();
  await someTurns();
  expect(script.attempts).toEqual([]);
});

test('afterwards establish is refused, and cancel does nothing', async () => {
  const script = new ScriptedAttempts();
  script.connection.release();
  await expect(script.establish()).rejects.toMatchObject(closed);
  await expect(script.establish({ blocking: false })).rejects.toMatchObject(closed);
  expect(() => script.connection.handle).toThrow('was released');
  script.connection.cancel();
});

test('a channel that comes too late is closed', async () => {
  const [here, server] = QIOChannelPair.open();
  let connected: (channel: QIOChannelPair) => void = () => {};
  const script = new ScriptedAttempts();
  const connection = new NbdClientConnection<QIOChannelPair>(
    () =>
      new Promise((resolve) => {
        connected = resolve;
      }),
    { context: script.context, discard: (channel) => channel.close() },
  );
  await coRun(() => connection.establish({ blocking: false }));
  await someTurns();
  connection.release();
  connected(here);
  expect(await coRun(() => server.readv([new Uint8Array(1)]))).toBe(0);
});

test('a discard that throws is the thread’s uncaught exception', async () => {
  const uncaught: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error));
  try {
    const script = new ScriptedAttempts({
      discard: () => {
        throw new Error('of discard');
      },
    });
    void script.establish();
    const attempt = await script.started(0);
    script.connection.release();
    attempt.succeed('connection 1');
    await someTurns();
    expect(uncaught).toMatchObject([{ message: 'of discard' }]);
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
});
