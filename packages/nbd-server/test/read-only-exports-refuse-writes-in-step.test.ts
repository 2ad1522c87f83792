import { NBD_EPERM, ReplyKind } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { MemoryExport, type NbdBackend, NbdServer } from '../src/index.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { BOTH_WAYS } from './support/servers.js';

const bytes = pattern(4096);
const WAYS: [string, NbdBackend, boolean][] = [
  ['the option readOnly', MemoryExport.from(bytes), true],
  [
    'a backend without write()',
    { size: 4096, read: (offset, target) => target.set(bytes.subarray(offset, offset + target.length)) },
    false,
  ],
  [
    'a backend that says so',
    {
      size: 4096,
      readOnly: true,
      read: (offset, target) => target.set(bytes.subarray(offset, offset + target.length)),
      write: () => {
        throw new Error('must not be called');
      },
    },
    false,
  ],
];

for (const [way, backend, readOnly] of WAYS) {
  test.each(BOTH_WAYS)(`${way}, %s`, async (_, pair) => {
    await using server = new NbdServer();
    server.addExport('', backend, { readOnly });
    const client = await RawClient.open(server, { pair });
    expect(client.info?.readOnly).toBe(true);
    await client.send(write(1, 0, pattern(1000, 9)), read(2, 0, 4), flush(3));
    const [refused, good, flushed] = await client.replies(3);
    expect(refused).toMatchObject({ kind: ReplyKind.ERROR, cookie: 1, error: NBD_EPERM });
    expect(good?.data).toEqual(bytes.subarray(0, 4));
    expect(flushed).toMatchObject({ cookie: 3, error: 0 });
    await client.disconnect();
  });
}
