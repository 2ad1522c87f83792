import { expect, test } from 'vitest';
import { viewOfScript } from './support/view-of-script.js';

const SLOTS = 256;
const STAGING = 16 << 20;

test.each([
  ['a slot', SLOTS, 1],
  ['memory', 1, STAGING],
])('%s', async (_for, count, length) => {
  const { view, ended } = await viewOfScript((server) => server.requests(count), {
    facts: { size: BigInt(STAGING) },
  });
  for (let others = 0; others < count; others++) view.read(0, length).catch(() => {});
  await expect(view.read(3, 4, { timeoutMs: 5 })).rejects.toMatchObject({
    name: 'NbdTimeoutError',
    code: 'NBD_TIMEOUT',
    message: 'read of 4 bytes at 3: not sent, other requests of the view are under way after 5 ms',
  });
  await ended;
});
