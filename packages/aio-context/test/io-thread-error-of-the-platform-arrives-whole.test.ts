import { expect, test } from 'vitest';
import { entries, startIOThread } from './support/io-thread.js';

const threads = new URL('./workers/threads.mjs', import.meta.url);

test('the name and the numeric code of a DOMException', async () => {
  const thread = await startIOThread();
  await expect(thread.run(threads, 'throwsADOMException')).rejects.toMatchObject({
    name: 'AbortError',
    message: 'enough',
    code: 20,
  });
});

test('the errors of an AggregateError, codes and all', async () => {
  const thread = await startIOThread();
  const error = await thread.run(threads, 'throwsAnAggregate').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AggregateError);
  expect(error).toMatchObject({ name: 'AggregateError', message: 'none answered' });
  const { errors } = error as AggregateError;
  expect(errors).toEqual([expect.any(Error), expect.any(Error), 'text']);
  expect(errors).toMatchObject([
    { message: 'no: ECONNREFUSED', code: 'ECONNREFUSED' },
    { message: 'no: ETIMEDOUT', code: 'ETIMEDOUT' },
    'text',
  ]);
});

test('an error that cannot be looked at fails only its run', async () => {
  const thread = await startIOThread();
  await expect(thread.run(threads, 'throwsAnErrorWithAThrowingGetter')).rejects.toMatchObject({
    message: 'thrown: something that cannot be described',
  });
  expect(await thread.run(entries, 'echo', 'alive')).toEqual(['alive']);
});
