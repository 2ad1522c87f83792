import { expect, test } from 'vitest';
import { entries, startIOThread } from './support/io-thread.js';

test('name, message, code, cloneable fields, stack and causes arrive', async () => {
  const thread = await startIOThread();
  const error: Error & { retry?: unknown } = await thread.run(entries, 'failsWithCause').then(
    () => expect.unreachable(),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'OpenError',
    message: 'cannot open',
    code: 'E_OPEN',
    device: { path: '/dev/nbd0', size: 512n },
    stack: expect.stringContaining('entries.mjs'),
  });
  expect(error.retry).toBeUndefined();
  expect(error.cause).toBeInstanceOf(Error);
  expect(error.cause).toMatchObject({ message: 'no such device', code: 'ENODEV', cause: 'unplugged' });
});

test.each([
  ['throwsAString', 'thrown: just text'],
  ['throwsABareObject', 'thrown: [Object: null prototype] {}'],
  ['throwsAnErrorThatCausedItself', 'ouroboros'],
  ['throwsAnErrorWithAnOddName', 'odd'],
])('whatever is thrown fails only its run: %s', async (entry, message) => {
  const thread = await startIOThread();
  await expect(thread.run(entries, entry)).rejects.toMatchObject({ message });
  expect(await thread.run(entries, 'echo', 'alive')).toEqual(['alive']);
});
