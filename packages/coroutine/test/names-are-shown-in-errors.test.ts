import { type Co, Coroutine, coRun, coSelf } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('a name is as given, else that of the entry function, else "coroutine"', () => {
  function* readsHeader(): Co<void> {}
  expect(Coroutine.create(readsHeader, 'given').name).toBe('given');
  expect(Coroutine.create(readsHeader).name).toBe('readsHeader');
  expect(Coroutine.create(function* (): Co<void> {}).name).toBe('coroutine');
});

test('coRun passes it on', async () => {
  const self = await coRun(
    function* (): Co<string> {
      return coSelf().name;
    },
    { name: 'request 7' },
  );
  expect(self).toBe('request 7');
});
