import { NBD_CMD_READ, NBD_EINVAL, NBD_FLAG_SEND_CACHE, NBD_FLAG_SEND_FLUSH } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

/** The last block is cut short. */
const SIZE = 1000;

async function withoutBounds() {
  const asked: [offset: number, length: number][] = [];
  const { client } = await connectToScript(
    function* (server) {
      for (;;) {
        const request = yield* server.request();
        const { type, offset, length } = request;
        asked.push([offset, length]);
        if (offset + length > SIZE) yield* server.send(reply.error(request, NBD_EINVAL, 'past the end'));
        else if (type === NBD_CMD_READ) yield* server.send(reply.data(request, offset, bytes(length)));
        else yield* server.send(reply.none(request));
      }
    },
    {
      facts: {
        size: BigInt(SIZE),
        flags: NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_CACHE,
        blockSize: { minimum: 512, preferred: 512, maximum: 1 << 20 },
      },
      client: { strict: { bounds: false }, readModifyWrite: true },
    },
  );
  return { client, asked };
}

const REFUSED = { code: 'NBD_SERVER_ERROR', errno: 'EINVAL' };

test('a read that begins in the last block: no byte is made up', async () => {
  const { client, asked } = await withoutBounds();
  await expect(client.read(990, 100)).rejects.toMatchObject(REFUSED);
  await expect(client.cache(990, 100)).rejects.toMatchObject(REFUSED);
  expect(asked).toEqual([
    [512, 1024],
    [512, 1024],
  ]);
  expect(await client.read(990, 10)).toHaveLength(10);
  expect(asked.at(-1)).toEqual([512, SIZE - 512]);
});

test('a write that begins in the last block: no byte is left out', async () => {
  const { client, asked } = await withoutBounds();
  await expect(client.write(990, bytes(20))).rejects.toMatchObject(REFUSED);
  expect(asked).toEqual([[512, 512]]);
});

test('what begins past the end', async () => {
  const { client, asked } = await withoutBounds();
  await expect(client.read(2000, 10)).rejects.toMatchObject(REFUSED);
  await expect(client.write(2000, bytes(10))).rejects.toMatchObject(REFUSED);
  expect(asked).toEqual([
    [1536, 512],
    [1536, 512],
  ]);
});

test('chunks: all of the range is told of, once', async () => {
  const { client } = await withoutBounds();
  const unread: unknown[] = [];
  for await (const chunk of client.readChunks(990, 100))
    if (chunk.type === 'unread') unread.push([chunk.offset, chunk.length]);
  expect(unread).toEqual([[990, 100]]);
});
