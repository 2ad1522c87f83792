import { IOThread } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { entries } from './support/io-thread.js';

test('join lets the runs under way end first', async () => {
  const thread = await IOThread.start();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const settled: unknown[] = [];
  const runs = [1, 2].map(() => thread.run(entries, 'endsAfter', flag).then((value) => settled.push(value)));
  const joined = thread.join().then(() => settled.push('joined'));
  Atomics.store(flag, 0, 1);
  await Promise.all([...runs, joined]);
  expect(settled).toEqual(['ended', 'ended', 'joined']);
});

test('join may be called again, at once and later', async () => {
  const thread = await IOThread.start();
  await Promise.all([thread.join(), thread.join()]);
  await thread.join();
});

test('no run is taken once it joins', async () => {
  const thread = await IOThread.start({ name: 'disk' });
  const joined = thread.join();
  await expect(thread.run(entries, 'echo')).rejects.toMatchObject({
    code: 'IOTHREAD_NOT_RUNNING',
    message: 'run "echo": thread "disk" is joining',
  });
  await joined;
  await expect(thread.run(entries, 'echo')).rejects.toMatchObject({
    code: 'IOTHREAD_NOT_RUNNING',
    message: 'run "echo": thread "disk" is joined',
  });
});

test('leaving an await using joins it', async () => {
  const thread = await IOThread.start({ name: 'disk' });
  await thread[Symbol.asyncDispose]();
  await expect(thread.run(entries, 'echo')).rejects.toMatchObject({
    message: 'run "echo": thread "disk" is joined',
  });
});
