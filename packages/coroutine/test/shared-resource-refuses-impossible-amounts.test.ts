import { Coroutine, SharedResource } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function refused(code: string, message: string) {
  return expect.objectContaining({ code, message });
}

test('more than there is in all would wait for good', () => {
  const resource = new SharedResource(10, { name: 'bytes' });
  const tooLarge = refused('COROUTINE_RESOURCE_TOO_LARGE', 'get: 11 of "bytes" exceeds its total of 10');
  expect(() => Coroutine.create(() => resource.get(11)).enter()).toThrow(tooLarge);
  expect(() => resource.tryGet(11)).toThrow(tooLarge);
  expect(resource.tryGet(10)).toBe(true);
});

test('no more comes back than was taken', () => {
  const resource = new SharedResource(10, { name: 'bytes' });
  resource.tryGet(3);
  expect(() => resource.put(4)).toThrow(
    refused('COROUTINE_RESOURCE_NOT_TAKEN', 'put: 4 of "bytes" exceeds the 3 that are taken'),
  );
  resource.put(3);
  expect(resource.available).toBe(10);
});

test.each([-1, 1.5, Number.NaN, 2 ** 53])('%s is no amount', (amount) => {
  const resource = new SharedResource(10, { name: 'bytes' });
  const noAmount = (operation: string, name: string) =>
    refused(
      'COROUTINE_RESOURCE_AMOUNT',
      `${operation}: ${amount} of "${name}" is not an integer from 0 to 9007199254740991`,
    );
  expect(() => Coroutine.create(() => resource.get(amount)).enter()).toThrow(noAmount('get', 'bytes'));
  expect(() => resource.tryGet(amount)).toThrow(noAmount('get', 'bytes'));
  expect(() => resource.put(amount)).toThrow(noAmount('put', 'bytes'));
  expect(() => new SharedResource(amount)).toThrow(noAmount('create', 'shared-resource'));
});
