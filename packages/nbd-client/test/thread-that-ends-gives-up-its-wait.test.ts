import { coRun } from '@coaio/coroutine';
import { NbdClientConnection, type NbdClientConnectionHandle } from '@coaio/nbd-client';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { endWait, HANDED, RUNNING, SUCCEEDED } from '../src/establish/connect-word.js';
import { HOME, OCCUPANT, seatAt } from '../src/establish/layout.js';
import {
  startThread,
  threadWithConnection,
  untilIts,
  user,
  wordsOfConnection,
} from './support/connection-thread.js';
import { ScriptedAttempts } from './support/scripted-attempts.js';

const share = (result: string) => result;

test('of a thread that ends while it waits the place is free', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const thread = await threadWithConnection(handle);
  thread.run(user, 'establishes').catch(() => {});
  await untilIts(handle, RUNNING, true);
  await thread.terminate();
  await untilIts(handle, RUNNING, false);
  expect(Atomics.load(wordsOfConnection(handle), seatAt(HOME + 1) + OCCUPANT)).toBe(0);
  const here = script.establish();
  (await script.started(0)).succeed('connection 1');
  expect(await here).toBe('connection 1');
});

test('what it was handed and has not taken is the next one’s', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const thread = await threadWithConnection(handle);
  const words = sharedWords();
  thread.run(user, 'establishesAndBlocks', words).catch(() => {});
  await untilIts(handle, RUNNING, true);
  const attempt = await script.started(0);
  blockUntil(words);
  attempt.succeed('connection 1');
  await untilIts(handle, HANDED, true);
  await expect(script.establish()).rejects.toMatchObject({ code: 'NBD_BUSY' });
  await thread.terminate();
  await untilIts(handle, SUCCEEDED, false);
  expect(await script.establish()).toBe('connection 1');
  expect(script.discarded).toEqual([]);
});

test('a wait that it had ended, and not woken, is over all the same', async () => {
  const script = new ScriptedAttempts({ share });
  const { handle } = script.connection;
  const there = await threadWithConnection(handle, 'waits');
  const other = await startThread('ends');
  const waiting = there.run(user, 'establishes');
  await untilIts(handle, RUNNING, true);
  // As far as the other one came.
  expect(endWait(wordsOfConnection(handle))).toBeGreaterThan(0);
  await other.terminate();
  expect(await waiting).toMatchObject({ code: 'NBD_CANCELLED' });
  const here = script.establish();
  const another = await startThread('ends too');
  expect(endWait(wordsOfConnection(handle))).toBeGreaterThan(0);
  await another.terminate();
  await expect(here).rejects.toMatchObject({ code: 'NBD_CANCELLED' });
});

test('if the connection’s own thread ends, whoever waits is told, and so is whoever comes later', async () => {
  const owner = await startThread('owner');
  const handle = await owner.run<NbdClientConnectionHandle>(user, 'owns');
  const view = NbdClientConnection.attach(handle);
  const waiting = coRun(() => view.establish());
  const gone = {
    code: 'NBD_THREAD_GONE',
    fault: 'connection',
    message:
      'establish: nobody connects "of the other" any more: its thread has ended, or its context is closed',
  };
  const told = expect(waiting).rejects.toMatchObject(gone);
  await untilIts(handle, RUNNING, true);
  await owner.terminate();
  await told;
  await expect(coRun(() => view.establish())).rejects.toMatchObject(gone);
  view.cancel();
  view.release();
  await expect(coRun(() => view.establish())).rejects.toMatchObject({ code: 'NBD_CLOSED' });
});
