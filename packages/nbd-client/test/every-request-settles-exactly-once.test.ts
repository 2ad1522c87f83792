import { NBD_CMD_READ, NBD_EIO } from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, connectToScript, type ReceivedRequest, reply } from './support/scripted-server.js';

/** What becomes of a request, and how early among those in flight. */
const fate = fc.record({
  rank: fc.nat(1000),
  outcome: fc.constantFrom('ok', 'error', 'split'),
  length: fc.integer({ min: 2, max: 9000 }),
});

function* answer(request: ReceivedRequest, outcome: string) {
  if (outcome === 'error') yield reply.error(request, NBD_EIO, 'no');
  else if (request.type !== NBD_CMD_READ) yield reply.none(request);
  else if (outcome === 'ok') yield reply.data(request, request.offset, bytes(request.length, request.offset));
  else {
    const data = bytes(request.length, request.offset);
    yield reply.data(request, request.offset + 1, data.subarray(1), false);
    yield reply.data(request, request.offset, data.subarray(0, 1));
  }
}

test('random fates, orders and sizes, then the server dies with the rest in flight', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { minLength: 1, maxLength: 30 }),
      fc.nat(30),
      fc.integer({ min: 1, max: 5000 }),
      async (fates, lostCount, maxTransfer) => {
        const total = fates.length + lostCount;
        const { client } = await connectToScript(
          function* (server) {
            const requests = yield* server.requests(total);
            const order = fates.map((its, index) => ({ its, request: requests[index] }));
            for (const { its, request } of order.toSorted((a, b) => a.its.rank - b.its.rank)) {
              if (request !== undefined)
                for (const part of answer(request, its.outcome)) yield* server.send(part);
            }
            server.channel.close();
          },
          { pair: { maxTransfer } },
        );
        let settled = 0;
        const all = [...fates, ...Array.from({ length: lostCount }, () => ({ outcome: 'lost', length: 10 }))];
        const outcomes = await Promise.all(
          all.map(async ({ length }, index) => {
            const offset = index * 10_000;
            const call = index % 3 === 0 ? client.write(offset, bytes(length)) : client.read(offset, length);
            return await call
              .then((data) =>
                data === undefined || Buffer.compare(data, bytes(length, offset)) === 0 ? 'ok' : 'wrong',
              )
              .catch((error: { code: string }) => (error.code === 'NBD_SERVER_ERROR' ? 'error' : 'lost'))
              .finally(() => settled++);
          }),
        );
        expect(outcomes).toEqual(all.map(({ outcome }) => (outcome === 'split' ? 'ok' : outcome)));
        expect(settled).toBe(total);
      },
    ),
    { numRuns: 60 },
  );
});
