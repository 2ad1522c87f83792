import { expect, test } from 'vitest';
import { entries, startIOThread } from './support/io-thread.js';

test('an argument or a result that cannot be cloned fails its run, and the thread goes on', async () => {
  const thread = await startIOThread();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const other = thread.run(entries, 'endsAfter', flag);
  await expect(thread.run(entries, 'echo', () => {})).rejects.toMatchObject({
    name: 'DataCloneError',
    message: expect.stringContaining('could not be cloned'),
  });
  await expect(thread.run(entries, 'returnsAFunction')).rejects.toMatchObject({
    name: 'DataCloneError',
    message: expect.stringContaining('could not be cloned'),
  });
  Atomics.store(flag, 0, 1);
  expect(await other).toBe('ended');
});
