import {
  isNbdError,
  NbdError,
  NbdOptionRefusedError,
  NbdProtocolError,
  toNbdErrorRecord,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { text } from './support/wire.js';

test('a protocol error as a record', () => {
  const error = new NbdProtocolError('NBD_BAD_REPLY', 'NBD_CMD_READ', 'it broke', new TypeError('inner'));
  const record = structuredClone(toNbdErrorRecord(error));
  expect(record).toEqual({
    code: 'NBD_BAD_REPLY',
    fault: 'peer',
    name: 'NbdProtocolError',
    message: 'NBD_CMD_READ: it broke',
    operation: 'NBD_CMD_READ',
    cause: { name: 'TypeError', message: 'inner' },
  });
  expect(isNbdError(record)).toBe(true);
  expect(isNbdError(error)).toBe(true);
  expect(error.stack).toMatch(/^NbdProtocolError: NBD_CMD_READ: it broke/);
});

test('a refusal as a record', () => {
  const error = new NbdOptionRefusedError({
    option: 7,
    reply: 0x80000002,
    exportName: 'a\nb',
    text: text('go\u0007 away'),
  });
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    code: 'NBD_POLICY',
    fault: 'server',
    name: 'NbdOptionRefusedError',
    message:
      'NBD_OPT_GO "a\ufffdb": the server is configured not to allow it (NBD_REP_ERR_POLICY), ' +
      'server says: go\ufffd away',
    operation: 'NBD_OPT_GO',
    option: 7,
    reply: 0x80000002,
    serverText: 'go\ufffd away',
    exportName: 'a\nb',
  });
});

class Sized extends NbdError {
  readonly size = 1n << 60n;
  readonly buffer = new Uint8Array(3);
  constructor() {
    super('NBD_SIZED', 'caller', 'too big', { cause: new NbdProtocolError('NBD_BAD_MAGIC', 'reply', 'x') });
  }
}

test('of an own field only what is plain, a bigint as its digits, a cause as its own record', () => {
  expect(JSON.parse(JSON.stringify(new Sized()))).toEqual({
    code: 'NBD_SIZED',
    fault: 'caller',
    name: 'Error',
    message: 'too big',
    size: '1152921504606846976',
    cause: {
      code: 'NBD_BAD_MAGIC',
      fault: 'peer',
      name: 'NbdProtocolError',
      message: 'reply: x',
      operation: 'reply',
    },
  });
});

test('the code of a system error is kept in the record of its effect', () => {
  const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  const error = new NbdProtocolError('NBD_BAD_REPLY', 'reply', 'x', cause);
  expect(toNbdErrorRecord(error)['cause']).toEqual({ name: 'Error', message: 'reset', code: 'ECONNRESET' });
});

test('the causes of a cause are kept, and what a system error says of itself', () => {
  const system = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', errno: -111, port: 10809 });
  const cause = new TypeError('no way', { cause: system });
  const record = toNbdErrorRecord(new NbdProtocolError('NBD_BAD_REPLY', 'reply', 'x', cause));
  expect(structuredClone(record)['cause']).toEqual({
    name: 'TypeError',
    message: 'no way',
    cause: { name: 'Error', message: 'connect', code: 'ECONNREFUSED', errno: -111, port: 10809 },
  });
  const crossed = Object.assign(new Error(), structuredClone(record)) as unknown as NbdError;
  expect(toNbdErrorRecord(crossed)).toEqual(record);
});

test('the code of an aborted signal', () => {
  const { reason } = AbortSignal.abort();
  const record = toNbdErrorRecord(new NbdProtocolError('NBD_BAD_REPLY', 'reply', 'x', reason));
  expect(record['cause']).toEqual({ name: 'AbortError', message: 'This operation was aborted', code: 20 });
});

test.each([
  ['enough', 'enough'],
  [7, 7],
  [false, false],
  [null, null],
  [2n ** 64n, '18446744073709551616'],
  [{ toString: () => 'an object' }, 'an object'],
  [Object.create(null), '[object Object]'],
  [Symbol('s'), 'Symbol(s)'],
])('the cause %o, which is no error', (cause, kept) => {
  const record = toNbdErrorRecord(new NbdProtocolError('NBD_BAD_REPLY', 'reply', 'x', cause));
  expect(structuredClone(record)['cause']).toBe(kept);
});

test('two errors that are the cause of each other', () => {
  const first = new NbdProtocolError('NBD_BAD_REPLY', 'reply', 'first');
  const second = new Error('second', { cause: first });
  first.cause = second;
  expect(JSON.parse(JSON.stringify(first))).toMatchObject({
    cause: {
      message: 'second',
      cause: { name: 'NbdProtocolError', message: 'reply: first', code: 'NBD_BAD_REPLY' },
    },
  });
});

test('an error that was sent as it is has lost its code', () => {
  expect(isNbdError(structuredClone(new NbdProtocolError('NBD_BAD_REPLY', 'reply', 'x')))).toBe(false);
});

const RECORD = { code: 'NBD_X', fault: 'peer', name: 'N', message: 'm' };

test.each([
  [null],
  [undefined],
  ['NBD_BAD_REPLY'],
  [new Error('NBD_BAD_REPLY')],
  [Object.assign(new Error('x'), { code: 'ECONNRESET' })],
  [{ ...RECORD, code: 'CO_MUTEX_NOT_HOLDER' }],
  [{ ...RECORD, code: 'NBD_' }],
  [{ ...RECORD, code: 'NBD_lower' }],
  [{ ...RECORD, code: 5 }],
  [{ ...RECORD, fault: 'nobody' }],
  [{ ...RECORD, fault: undefined }],
  [{ ...RECORD, message: undefined }],
  [{ ...RECORD, name: 1 }],
])('isNbdError(%o) is false', (value) => {
  expect(isNbdError(RECORD)).toBe(true);
  expect(isNbdError(value)).toBe(false);
});

test('causes that go round are told of once, then in short', () => {
  const error = new NbdProtocolError('NBD_BAD_REPLY', 'NBD_CMD_READ', 'it broke');
  error.cause = error;
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({
    code: 'NBD_BAD_REPLY',
    cause: { name: 'NbdProtocolError', message: 'NBD_CMD_READ: it broke', code: 'NBD_BAD_REPLY' },
  });
});
