import { expect, test } from 'vitest';
import '@coaio/coroutine';

test('loading another copy of the package in one thread is refused', async () => {
  const copy = new URL('../dist/index.js?copy', import.meta.url).href;
  await expect(import(/* @vite-ignore */ copy)).rejects.toMatchObject({
    code: 'COAIO_LOADED_TWICE',
    message: expect.stringContaining('@coaio/coroutine is loaded twice in this thread, from '),
  });
});
