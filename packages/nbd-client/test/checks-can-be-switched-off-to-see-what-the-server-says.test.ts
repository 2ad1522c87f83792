import { NBD_EINVAL, NBD_ENOSPC } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('strict.bounds off: the server refuses instead', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const [read, write] = yield* server.requests(2);
      if (read === undefined || write === undefined) return [];
      yield* server.send(reply.error(read, NBD_EINVAL, 'beyond the end'), reply.simple(write, NBD_ENOSPC));
      return [read.offset, write.offset];
    },
    { client: { strict: { bounds: false } } },
  );
  const reading = client.read(2 ** 21, 10);
  const writing = client.write(2 ** 21, bytes(1));
  await expect(reading).rejects.toMatchObject({ code: 'NBD_SERVER_ERROR', errno: 'EINVAL' });
  await expect(writing).rejects.toMatchObject({ code: 'NBD_SERVER_ERROR', errno: 'ENOSPC' });
  expect(await ended).toEqual([2 ** 21, 2 ** 21]);
});
