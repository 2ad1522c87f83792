import { type Co, coAwait, coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function thrownBy(reason: unknown): Promise<unknown> {
  return coRun(function* (): Co<unknown> {
    try {
      yield* coAwait(Promise.reject(reason));
    } catch (error) {
      return error;
    }
    return 'nothing';
  });
}

test('an error that will not be changed arrives as it is', async () => {
  const frozen = Object.freeze(new Error('frozen'));
  const { stack } = frozen;
  expect(await thrownBy(frozen)).toBe(frozen);
  expect(frozen.stack).toBe(stack);

  const readOnly = Object.defineProperty(new Error('read-only'), 'stack', { value: 'its', writable: false });
  expect(await thrownBy(readOnly)).toBe(readOnly);
  expect(readOnly.stack).toBe('its');

  const throwing = Object.defineProperty(new Error('throwing'), 'stack', {
    get: () => {
      throw new Error('of the getter');
    },
  });
  expect(await thrownBy(throwing)).toBe(throwing);

  const refusing = Object.defineProperty(new Error('refusing'), 'stack', {
    get: () => 'its stack',
    set: () => {
      throw new Error('of the setter');
    },
  });
  expect(await thrownBy(refusing)).toBe(refusing);

  const none = Object.defineProperty(new Error('none'), 'stack', { value: undefined });
  expect(await thrownBy(none)).toBe(none);
});

test.each([[undefined], [null], ['text'], [7], [{ stack: 'no error' }]])(
  'a reason that is no error: %s',
  async (reason) => {
    const before = structuredClone(reason);
    const thrown = await thrownBy(reason);
    expect(thrown).toBe(reason);
    expect(thrown).toEqual(before);
  },
);

test('one error thrown into many coroutines does not grow without end', async () => {
  const shared = new Error('shared');
  for (let i = 0; i < 100; i++) await thrownBy(shared);
  expect(shared.stack?.match(/in coroutine/g)).toHaveLength(4);
});

test('where the limit of stack frames is fixed, as in a hardened realm, it stays', async () => {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')!;
  Object.defineProperty(Error, 'stackTraceLimit', { value: 3, writable: false });
  try {
    const thrown = (await thrownBy(new Error('hardened'))) as Error;
    expect(thrown.stack).toMatch(/in coroutine/);
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', { ...limit, configurable: true });
  }
});
