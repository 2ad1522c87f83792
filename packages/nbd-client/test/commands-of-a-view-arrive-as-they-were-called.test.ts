import type { Co } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { NbdTimeoutError } from '../src/nbd-client-error.js';
import { type Called, shareCommands } from './support/shared-commands.js';
import { user } from './support/view-thread.js';

const STATUS = new Map([
  ['base:allocation', [{ length: 2 ** 40, status: 3 }]],
  ['qemu:dirty-bitmap:b', [{ length: 512, status: 2 ** 40 }]],
]);

const NONE = { fua: false, noHole: false, fast: false, one: false, signal: undefined, timeoutMs: undefined };
const OFFSET = 2 ** 40 + 5;
const LENGTH = 2 ** 33 + 1;

test.each<[Called, ...Called[]]>([
  [['flush'], ['flush', undefined]],
  [
    ['flush', { timeoutMs: 1.5 }],
    ['flush', { ...NONE, timeoutMs: 2 }],
  ],
  [
    ['flush', { timeoutMs: 0 }],
    ['flush', { ...NONE, timeoutMs: 0 }],
  ],
  [
    ['trim', OFFSET, LENGTH],
    ['trim', OFFSET, LENGTH, undefined],
  ],
  [
    ['trim', OFFSET, 7n, { fua: true }],
    ['trim', OFFSET, 7, { ...NONE, fua: true }],
  ],
  [
    ['cache', 2n ** 63n, LENGTH],
    ['cache', 2n ** 63n, LENGTH, undefined],
  ],
  [
    ['writeZeroes', OFFSET, LENGTH, { fua: true, noHole: true, fast: true }],
    ['writeZeroes', OFFSET, LENGTH, { ...NONE, fua: true, noHole: true, fast: true }],
  ],
  [
    ['writeZeroes', 0, 1, { noHole: true }],
    ['writeZeroes', 0, 1, { ...NONE, noHole: true }],
  ],
  [
    ['blockStatus', OFFSET, LENGTH],
    ['blockStatus', OFFSET, LENGTH, { contexts: undefined }],
  ],
  [
    ['blockStatus', OFFSET, LENGTH, { contexts: ['base:allocation', 'zażółć'], one: true }],
    ['blockStatus', OFFSET, LENGTH, { ...NONE, contexts: ['base:allocation', 'zażółć'], one: true }],
  ],
  [
    ['blockStatus', 0, 1, { contexts: [] }],
    ['blockStatus', 0, 1, { contexts: [] }],
  ],
  [
    ['readInto', OFFSET, new Uint8Array(0)],
    ['readInto', OFFSET, new Uint8Array(0), undefined],
  ],
  [
    ['write', 1, new Uint8Array(0), { fua: true }],
    ['write', 1, new Uint8Array(0), { ...NONE, fua: true }],
  ],
])('call %#', async (called, arrives) => {
  const seen: Called[] = [];
  const thread = await shareCommands(function* (...arrived): Co<unknown> {
    seen.push(arrived);
    return arrived[0] === 'blockStatus' ? STATUS : undefined;
  });
  const [name, ...args] = called;
  const answer = await thread.run(user, 'calls', name, args);
  expect(seen).toEqual([arrives]);
  expect(answer).toEqual(name === 'blockStatus' ? STATUS : undefined);
});

test('a time limit that is up is told as it is', async () => {
  const thread = await shareCommands(function* (_name, offset): Co<unknown> {
    throw new NbdTimeoutError({ operation: 'read', offset: offset as number, length: 1 }, 30);
  });
  expect(await thread.run(user, 'readsWithin', 30)).toMatchObject({
    name: 'NbdTimeoutError',
    code: 'NBD_TIMEOUT',
    message: 'read of 1 bytes at 0: no answer after 30 ms',
    isNbdError: true,
    isOfItsClass: true,
  });
});
