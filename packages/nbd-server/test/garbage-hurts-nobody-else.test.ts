import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  extended,
  flush,
  pattern,
  RawClient,
  type RawClientOptions,
  read,
  request,
  write,
} from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { WholeDisk } from './support/whole-disk.js';

const RUNS = process.env['COAIO_SOAK'] === undefined ? 300 : 20_000;

const fields = fc.tuple(
  fc.nat({ max: 10 }),
  fc.nat({ max: 0xffff }),
  fc.nat({ max: 0xffffffff }),
  fc.oneof(fc.nat({ max: 5000 }), fc.double({ min: 0, max: 2 ** 53, noNaN: true }).map(Math.floor)),
  fc.oneof(fc.nat({ max: 5000 }), fc.nat({ max: 0xffffffff })),
  fc.uint8Array({ maxLength: 100 }),
);
const anyRequest = fields.map(([type, flags, cookie, offset, length, payload]) =>
  request(type, cookie, offset, length, { flags, payload }),
);
const anyExtended = fc
  .tuple(fields, fc.nat({ max: 2 ** 40 }), fc.boolean())
  .map(([[type, flags, cookie, offset, length, payload], longer, paid]) =>
    extended(
      type,
      cookie,
      offset,
      longer % 3 === 0 ? longer : length,
      paid ? { flags: flags % 64, payload } : { flags },
    ),
  );
const anyPiece = fc.oneof(
  anyRequest,
  anyExtended,
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

test.each<[string, RawClientOptions | null]>([
  ['before a handshake', null],
  ['after one', {}],
  [
    'after one for extended headers',
    { extendedHeaders: true, metaContexts: ['base:allocation', 'x-test:holes'] },
  ],
])('garbage %s', async (_, options) => {
  const disk = new WholeDisk(4096);
  const { server } = serverOf(disk);
  const other = await RawClient.open(server);
  let round = 0;
  const session = fc.asyncProperty(fc.array(anyPiece, { maxLength: 20 }), async (pieces) => {
    const client = options ? await RawClient.open(server, options) : RawClient.greeted(server);
    await feed(client, options ? pieces : [Buffer.from('00000003', 'hex'), ...pieces]);
    await other.send(read(++round, 0, 16));
    const reply = await other.reply();
    expect(reply.cookie).toBe(round);
    expect(reply.data).toEqual(disk.bytes.subarray(0, 16));
  });
  await fc.assert(session, { numRuns: RUNS });
  await other.disconnect();
});
