import { expect, test } from 'vitest';
import { entries, startIOThread } from './support/io-thread.js';

test.each([
  ['missing', 'is not exported'],
  ['notAFunction', 'is no function'],
])('an export that cannot be called: %s', async (name, why) => {
  const thread = await startIOThread();
  await expect(thread.run(entries, name)).rejects.toMatchObject({
    name: 'AioContextError',
    code: 'IOTHREAD_BAD_ENTRY',
    message: `run: "${name}" of ${entries.href} ${why}`,
  });
});

test.each([
  ['./workers/no-such-file.mjs', { code: 'ERR_MODULE_NOT_FOUND' }],
  ['./workers/fails-to-load.mjs', { code: 'E_LOAD', message: 'refuses to load' }],
])('a module that cannot be imported: %s', async (path, cause) => {
  const thread = await startIOThread();
  const url = new URL(path, import.meta.url);
  await expect(thread.run(url, 'entry')).rejects.toMatchObject({
    name: 'AioContextError',
    code: 'IOTHREAD_BAD_ENTRY',
    message: `run: ${url.href} cannot be imported`,
    cause,
  });
  expect(await thread.run(entries, 'echo', 'alive')).toEqual(['alive']);
});
