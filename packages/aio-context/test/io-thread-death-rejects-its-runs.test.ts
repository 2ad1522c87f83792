import { IOThread } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { entries } from './support/io-thread.js';

function died(how: string) {
  return { name: 'AioContextError', code: 'IOTHREAD_DIED', message: `thread "disk" ended with ${how}` };
}

test('an uncaught exception in the thread rejects pending runs, later runs and join', async () => {
  const thread = await IOThread.start({ name: 'disk' });
  const pending = thread.run(entries, 'neverEnds');
  await Promise.all([
    expect(thread.run(entries, 'throwsLater', 'boom')).resolves.toBeUndefined(),
    expect(pending).rejects.toMatchObject({
      ...died('an uncaught exception: boom'),
      cause: expect.objectContaining({ message: 'boom' }),
    }),
  ]);
  await expect(thread.run(entries, 'echo')).rejects.toMatchObject(died('an uncaught exception: boom'));
  await expect(thread.join()).rejects.toMatchObject(died('an uncaught exception: boom'));
  await expect(thread.join()).rejects.toMatchObject(died('an uncaught exception: boom'));
});

test('so does process.exit in it', async () => {
  const thread = await IOThread.start({ name: 'disk' });
  const pending = [thread.run(entries, 'neverEnds'), thread.run(entries, 'exits')];
  for (const run of pending) await expect(run).rejects.toMatchObject(died('exit code 7'));
  await expect(thread.join()).rejects.toMatchObject(died('exit code 7'));
});

test.each(['exits', 'throwsLater'])('and when a join waits for those runs: %s', async (entry) => {
  const thread = await IOThread.start({ name: 'disk' });
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const pending = thread.run(entries, 'neverEnds');
  const ending = thread.run(entries, entry, entry === 'exits' ? flag : 'boom').catch(() => {});
  const joined = thread.join();
  Atomics.store(flag, 0, 1);
  const how = entry === 'exits' ? 'exit code 7' : 'an uncaught exception: boom';
  await Promise.all([
    expect(pending).rejects.toMatchObject(died(how)),
    expect(joined).rejects.toMatchObject(died(how)),
    ending,
  ]);
});
