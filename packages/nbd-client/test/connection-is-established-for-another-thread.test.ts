import { coRun, coYield } from '@coaio/coroutine';
import { NbdClientConnection, NbdUsageError } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { FAILED, IDLE, RELEASED, RUNNING, release, SUCCEEDED } from '../src/establish/connect-word.js';
import { threadWithConnection, untilIts, user, wordsOfConnection } from './support/connection-thread.js';
import { ScriptedAttempts, someTurns } from './support/scripted-attempts.js';

const share = (result: string) => ({ shared: result });

test('the attempt runs in the connection’s thread, the waiter gets what share made of the result', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const thread = await threadWithConnection(handle);
  const there = thread.run(user, 'establishes');
  await untilIts(handle, RUNNING, true);
  const attempt = await script.started(0);
  await expect(script.establish()).rejects.toMatchObject({ code: 'NBD_BUSY' });
  attempt.succeed('connection 1');
  expect(await there).toEqual({ shared: 'connection 1' });
  await untilIts(handle, IDLE, false);
  expect(script.discarded).toEqual([]);
  script.connection.release();
  expect(script.discarded).toEqual([]);
});

test('not blocking: null, then what is there', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const thread = await threadWithConnection(handle);
  expect(await thread.run(user, 'establishes', { blocking: false })).toBe(null);
  await someTurns();
  (await script.started(0)).succeed('connection 1');
  await untilIts(handle, SUCCEEDED, false);
  expect(await thread.run(user, 'establishes', { blocking: false })).toEqual({ shared: 'connection 1' });
});

test('a failure arrives with its fields, once', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const thread = await threadWithConnection(handle);
  const refused = Object.assign(new Error('connect: refused', { cause: new Error('ECONNREFUSED') }), {
    code: 'NBD_CONNECT_FAILED',
    fault: 'connection',
    errno: 'ECONNREFUSED',
  });
  const failure = { ...refused, message: 'connect: refused', cause: 'ECONNREFUSED' };
  const there = thread.run(user, 'establishes');
  await untilIts(handle, RUNNING, true);
  (await script.started(0)).fail(refused);
  expect(await there).toEqual(failure);
  // One that nobody waits for is kept, as for a waiter of this thread.
  await thread.run(user, 'establishes', { blocking: false });
  await someTurns();
  (await script.started(1)).fail(refused);
  await untilIts(handle, FAILED, false);
  expect(await thread.run(user, 'establishes', { blocking: false })).toEqual(failure);
  await untilIts(handle, RUNNING, false);
  await script.started(2);
});

test('cancel in either thread wakes the waiter in the other, and the next establish adopts', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const thread = await threadWithConnection(handle);
  const here = script.establish();
  await thread.run(user, 'cancels');
  await expect(here).rejects.toMatchObject({ code: 'NBD_CANCELLED' });
  const there = thread.run(user, 'establishes');
  await untilIts(handle, RUNNING, true);
  script.connection.cancel();
  expect(await there).toMatchObject({
    code: 'NBD_CANCELLED',
    message: 'establish: cancelled: the attempt goes on',
  });
  (await script.started(0)).succeed('connection 1');
  await untilIts(handle, SUCCEEDED, false);
  expect(await thread.run(user, 'establishes')).toEqual({ shared: 'connection 1' });
  expect(script.attempts).toHaveLength(1);
});

test('a third thread cancels, too', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const [waits, cancels] = [
    await threadWithConnection(handle, 'waits'),
    await threadWithConnection(handle, 'cancels'),
  ];
  const there = waits.run(user, 'establishes');
  await untilIts(handle, RUNNING, true);
  await cancels.run(user, 'cancels');
  expect(await there).toMatchObject({ code: 'NBD_CANCELLED' });
});

test('a signal ends the wait in its thread', async () => {
  const script = new ScriptedAttempts({ share });
  const thread = await threadWithConnection(script.connection.handle);
  expect(await thread.run(user, 'establishesUntilAborted', 3)).toMatchObject({ message: 'enough' });
  expect((await script.started(0)).signal.aborted).toBe(false);
});

test('release in either thread ends the wait in the other, and what comes is discarded', async () => {
  for (const releasedThere of [true, false]) {
    const script = new ScriptedAttempts({ share });
    const { handle } = script.connection;
    const thread = await threadWithConnection(handle);
    const waiting = releasedThere
      ? script.establish().catch((error: unknown) => error)
      : thread.run(user, 'establishes');
    await untilIts(handle, RUNNING, true);
    const attempt = await script.started(0);
    if (releasedThere) await thread.run(user, 'releases');
    else script.connection.release();
    expect(await waiting).toMatchObject({ code: 'NBD_CLOSED' });
    await untilIts(handle, RELEASED, false);
    expect(attempt.signal.aborted).toBe(true);
    attempt.succeed('connection 1');
    await someTurns();
    expect(script.discarded).toEqual(['connection 1']);
    expect(await thread.run(user, 'establishes')).toMatchObject({ code: 'NBD_CLOSED' });
    await thread.run(user, 'cancels');
    await thread.run(user, 'releases');
  }
});

test('release in another thread has a result that nobody adopted discarded', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const thread = await threadWithConnection(handle);
  await script.establish({ blocking: false });
  (await script.started(0)).succeed('connection 1');
  await untilIts(handle, SUCCEEDED, false);
  await thread.run(user, 'releases');
  await untilIts(handle, RELEASED, false);
  expect(script.discarded).toEqual(['connection 1']);
});

test('who waits is not resumed for what another thread asks', async () => {
  const script = new ScriptedAttempts({ share });
  const thread = await threadWithConnection(script.connection.handle);
  let resumed = 0;
  const waiting = coRun(function* () {
    const wait = script.connection.establish()[Symbol.iterator]();
    while (!wait.next().done) {
      yield* coYield();
      resumed++;
    }
  });
  expect(await thread.run(user, 'establishes', { blocking: false })).toBe(null);
  await someTurns();
  expect(resumed).toBe(0);
  (await script.started(0)).succeed('connection 1');
  await waiting;
  expect(resumed).toBe(1);
});

test('a release is met before its ring: the waiter is woken all the same', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const here = script.establish();
  const attempt = await script.started(0);
  // As far as another thread has come when the attempt ends; its ring finds nothing then.
  release(wordsOfConnection(handle));
  attempt.succeed('connection 1');
  await expect(here).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  expect(script.discarded).toEqual(['connection 1']);
});

test('a result that cannot be shared is discarded, and the waiter is told why', async () => {
  const unfit = [
    () => {
      throw Object.assign(new Error('no handle'), { code: 'NO_HANDLE' });
    },
    () => () => {},
  ];
  for (const share of unfit) {
    const script = new ScriptedAttempts({ share });
    const { handle } = script.connection;
    const thread = await threadWithConnection(handle);
    const there = thread.run<{ message: string }>(user, 'establishes');
    await untilIts(handle, RUNNING, true);
    (await script.started(0)).succeed('connection 1');
    expect((await there).message).toMatch(/no handle|could not be cloned/);
    expect(script.discarded).toEqual(['connection 1']);
    await untilIts(handle, IDLE, false);
  }
});

test('without share another thread may cancel and release, not establish', async () => {
  const script = new ScriptedAttempts();
  const thread = await threadWithConnection(script.connection.handle);
  expect(await thread.run(user, 'establishes')).toMatchObject({ code: 'NBD_NOT_SHARED', fault: 'caller' });
  const here = script.establish();
  await thread.run(user, 'cancels');
  await expect(here).rejects.toMatchObject({ code: 'NBD_CANCELLED' });
});

test('in its own thread a handle gives the connection itself; what is no handle is refused', async () => {
  const script = new ScriptedAttempts();
  const { handle } = script.connection;
  expect(NbdClientConnection.attach(structuredClone(handle))).toBe(script.connection);
  for (const bad of [
    null,
    undefined,
    'handle',
    {},
    { of: 'QIOChannel' },
    { ...handle, memory: new SharedArrayBuffer(4) },
  ]) {
    expect(() => NbdClientConnection.attach(bad as typeof handle)).toThrow(NbdUsageError);
  }
});
