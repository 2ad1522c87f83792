import { inspect } from 'node:util';
import { NbdClient, NbdClientConnection } from '@coaio/nbd-client';
import { expect, test } from 'vitest';

// What they are built of is built in the same way.
test.each([
  '@coaio/aio-context',
  '@coaio/aio-context/shared',
  '@coaio/coroutine',
  '@coaio/co-mutex',
  '@coaio/co-queue',
  '@coaio/qio-channel',
  '@coaio/qio-channel/shared',
  '@coaio/qio-channel/websock',
  '@coaio/nbd-protocol',
  '@coaio/nbd-client',
])('%s', async (name) => {
  const exported = Object.entries((await import(name)) as Record<string, unknown>);
  const classes = exported.filter(([, value]) => /^class\b/.test(String(value)));
  expect(classes.map(([, value]) => (value as { name: string }).name)).toEqual(classes.map(([key]) => key));
  // Where there are functions alone, this shows that they were looked at.
  expect(exported.length).toBeGreaterThan(0);
});

test('where they are printed, and in their own source, which is what stack traces go by', () => {
  const connection = new NbdClientConnection(() => Promise.reject(new Error('no')), { discard: () => {} });
  expect(inspect(connection)).toMatch(/^NbdClientConnection /);
  expect(String(NbdClientConnection)).toMatch(/^class\s+NbdClientConnection\b/);
  expect(String(NbdClient)).toMatch(/^class\s+NbdClient\b/);
});
