import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('a server that sends all replies before it reads on: no deadlock', async () => {
  const { client } = await connectToScript(
    function* (server) {
      const reads = yield* server.requests(4);
      // Far more than the channel holds, while the client's write fills the other direction.
      for (const read of reads) yield* server.send(reply.data(read, read.offset, bytes(read.length)));
      yield* server.send(reply.none(yield* server.request()));
    },
    { pair: { capacity: 1000 } },
  );
  const reads = [0, 1, 2, 3].map((index) => client.read(index * 50_000, 50_000));
  const writing = client.write(0, bytes(200_000));
  for (const data of await Promise.all(reads)) expect(Buffer.compare(data, bytes(50_000))).toBe(0);
  await writing;
});
