import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { connectToScript } from './support/scripted-server.js';

test('one extent of data for all of the range, and nothing is sent', async () => {
  const { client, ended } = await connectToScript((server) => server.sawEnd(), { offers: {} });
  expect(await allOf(client.extents({ offset: 100, length: 1000 }))).toEqual([
    { offset: 100, length: 1000, status: new Map(), hole: false, zero: false, dirty: false },
  ]);
  expect(await allOf(client.extents({ offset: 100, length: 0 }))).toEqual([]);
  const named = client.extents({ contexts: ['base:allocation'] });
  await expect(named.next()).rejects.toMatchObject({
    code: 'NBD_NOT_OFFERED',
    message: expect.stringContaining('"base:allocation" was not negotiated'),
  });
  client.close().catch(() => {});
  expect(await ended).toBe(false);
});

test.each([
  [{ offset: 1n << 20n, length: 1 }, 'NBD_OUT_OF_BOUNDS', '1048576 to 1048577'],
  [{ offset: 2 ** 20 + 1 }, 'NBD_OUT_OF_BOUNDS', '1048577 to 1048576'],
  [{ offset: -1 }, 'NBD_BAD_ARGUMENT', 'offset -1'],
  [{ length: 0.5 }, 'NBD_BAD_ARGUMENT', 'length 0.5'],
  [{ timeoutMs: -1 }, 'NBD_BAD_ARGUMENT', 'timeoutMs -1'],
])('%o is refused', async (options, code, message) => {
  const { client } = await connectToScript((server) => server.sawEnd());
  await expect(client.extents(options).next()).rejects.toMatchObject({
    code,
    fault: 'caller',
    message: expect.stringContaining(message),
  });
});

test('past 2^53 a number is not exact: refused, unless a length keeps away from it', async () => {
  const { client } = await connectToScript((server) => server.sawEnd(), { facts: { size: 1n << 60n } });
  await expect(client.extents().next()).rejects.toMatchObject({
    code: 'NBD_TOO_LARGE',
    fault: 'caller',
    message: expect.stringContaining('9007199254740991'),
  });
  const [extent] = await allOf(client.extents({ length: Number.MAX_SAFE_INTEGER }));
  expect(extent?.length).toBe(Number.MAX_SAFE_INTEGER);
});
