import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flush, pattern, RawClient, read, request, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

const RUNS = process.env['COAIO_SOAK'] === undefined ? 300 : 20_000;

const anyRequest = fc
  .tuple(
    fc.nat({ max: 10 }),
    fc.nat({ max: 0xffff }),
    fc.nat({ max: 0xffffffff }),
    fc.double({ min: 0, max: 2 ** 53, noNaN: true }).map(Math.floor),
    fc.oneof(fc.nat({ max: 5000 }), fc.nat({ max: 0xffffffff })),
    fc.uint8Array({ maxLength: 100 }),
  )
  .map(([type, flags, cookie, offset, length, payload]) =>
    request(type, cookie, offset, length, { flags, payload }),
  );
const anyPiece = fc.oneof(
  anyRequest,
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(read(1, 0, 100), write(2, 0, pattern(50)), flush(3)),
);

async function feed(client: RawClient, pieces: readonly Uint8Array[]): Promise<void> {
  const reading = client.end();
  try {
    await client.send(...pieces);
  } catch {
    // The server had enough of it.
  }
  client.channel.shutdown('write');
  await reading;
  await client.served;
}

test.each([
  ['before a handshake', false],
  ['after one', true],
])('garbage %s', async (_, handshake) => {
  const disk = smallDisk();
  const { server } = serverOf(disk);
  const other = await RawClient.open(server);
  let round = 0;
  const session = fc.asyncProperty(fc.array(anyPiece, { maxLength: 20 }), async (pieces) => {
    const client = handshake ? await RawClient.open(server) : RawClient.greeted(server);
    await feed(client, handshake ? pieces : [Buffer.from('00000003', 'hex'), ...pieces]);
    await other.send(read(++round, 0, 16));
    const reply = await other.reply();
    expect(reply.cookie).toBe(round);
    expect(reply.data).toEqual(disk.bytes.subarray(0, 16));
  });
  await fc.assert(session, { numRuns: RUNS });
  await other.disconnect();
});
