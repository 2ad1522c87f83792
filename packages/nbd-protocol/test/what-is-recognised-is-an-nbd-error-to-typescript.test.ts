import { isNbdError, NbdError, NbdUsageError, toNbdErrorRecord } from '@coaio/nbd-protocol';
import { expect, expectTypeOf, test } from 'vitest';

class Wrapped extends Error {
  constructor(override readonly cause: NbdError) {
    super(`${cause.code}, ${cause.fault}: ${cause.message}`);
  }
}

function wrap(error: NbdError): Wrapped {
  return new Wrapped(error);
}

const error = new NbdUsageError('NBD_BAD_URI', 'connect', 'no host');

test.each<[string, unknown]>([
  ['an error', error],
  ['its record', structuredClone(toNbdErrorRecord(error))],
  // As a worker's `error` event gives it.
  ['an error without its class', Object.assign(new Error(error.message), toNbdErrorRecord(error))],
])('%s may go where an NbdError is wanted', (_name, thrown) => {
  const handle = () => {
    try {
      throw thrown;
    } catch (caught) {
      expectTypeOf(caught).toBeUnknown();
      if (!isNbdError(caught)) throw caught;
      expectTypeOf(caught).toEqualTypeOf<NbdError>();
      throw wrap(caught);
    }
  };
  expect(handle).toThrow('NBD_BAD_URI, caller: connect: no host');
});

test('what is known as one of its classes stays that', () => {
  const known: NbdUsageError | string = error as NbdUsageError | string;
  if (!isNbdError(known)) throw known;
  expectTypeOf(known).toEqualTypeOf<NbdUsageError>();
  expect(known).toBeInstanceOf(NbdError);
});

test('a record of what has lost its class is the same', () => {
  const crossed = Object.assign(new Error(error.message), toNbdErrorRecord(error));
  expect(toNbdErrorRecord(crossed)).toEqual(toNbdErrorRecord(error));
});
