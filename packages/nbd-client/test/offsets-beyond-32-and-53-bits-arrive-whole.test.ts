import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test.each([2 ** 32, 2 ** 40 + 4096, Number.MAX_SAFE_INTEGER - 10, 2n ** 40n, 2n ** 63n + 5n])(
  'offset %d',
  async (offset) => {
    const { client, ended } = await connectToScript(
      function* (server) {
        const request = yield* server.request();
        // Data relative to the request: the halves of the offset must match exactly.
        const chunk = Buffer.from(reply.data(request, 0, bytes(10)));
        chunk.writeUInt32BE(request.offsetHigh, 20);
        chunk.writeUInt32BE(request.offsetLow, 24);
        yield* server.send(chunk);
        return (BigInt(request.offsetHigh) << 32n) | BigInt(request.offsetLow);
      },
      { facts: { size: 2n ** 64n - 1n } },
    );
    expect(new Uint8Array(await client.read(offset, 10))).toEqual(bytes(10));
    expect(await ended).toBe(BigInt(offset));
  },
);
