import { SharedCoMutex, type SharedCoMutexHandle } from '@coaio/co-mutex';
import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { nobodyHangs } from './support/nobody-hangs.js';

const user = workerModule('lock-user.mjs');

// Alone in its file: in a thread that has seen a mutex before, the end of a thread is looked into for all of them.
test('who first sees the lock after its holder has ended is told when it asks', async () => {
  const [victim, one] = await startIOThreads('victim', 'one');
  const handle = await victim!.run<SharedCoMutexHandle>(user, 'makesAndHolds', 'm');
  await victim!.terminate();
  // The other threads have been told of the end, and did not know of the lock then.
  for (let i = 0; i < 20; i++) await one!.run(user, 'ready');
  const broken = { code: 'CO_MUTEX_BROKEN' };
  expect(await nobodyHangs(one!.run(user, 'locksOnce', handle))).toMatchObject(broken);
  await expect(nobodyHangs(coRun(() => SharedCoMutex.attach(handle).lock()))).rejects.toMatchObject(broken);
});
