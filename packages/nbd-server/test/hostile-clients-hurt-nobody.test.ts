import { readdirSync } from 'node:fs';
import {
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_OPT_ABORT,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_GO,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_SET_META_CONTEXT,
} from '@coaio/nbd-protocol';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { describe, expect, test } from 'vitest';
import {
  extended,
  pattern,
  RawClient,
  type RawClientOptions,
  read,
  request,
  write,
} from './support/raw-client.js';
import { settle } from './support/settle.js';
import { TLS_CLIENT, tlsServer } from './support/tls.js';

const MIB = 2 ** 20;
const FIXED_NEWSTYLE_NO_ZEROES = Buffer.from('00000003', 'hex');
/** 2^64 - 1 and the like, which no number of ours holds. */
const ALL_ONES = 0xffffffff;

function option(type: number, data: Uint8Array = new Uint8Array(0), length = data.length): Buffer {
  const head = Buffer.alloc(16);
  head.write('IHAVEOPT');
  head.writeUInt32BE(type, 8);
  head.writeUInt32BE(length, 12);
  return Buffer.concat([head, data]);
}

function repeated(bytes: Uint8Array, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => bytes));
}

/** Offset and length beyond what any export has: `high` words of all ones. */
function beyond(type: number): Uint8Array {
  const bytes = extended(type, 1, 0, 10);
  bytes.fill(0xff, 16, 32);
  return bytes;
}

type Act = (client: RawClient) => Promise<void>;

/** What a client does instead of a handshake, right after the greeting or inside TLS. Each may leave how it likes. */
const HAGGLING: readonly (readonly [string, Act])[] = [
  ['says nothing and leaves', async () => {}],
  ['ends its half and waits', async (client) => client.channel.shutdown('write')],
  ['sends garbage', (client) => client.send(pattern(5000))],
  [
    'asks for an unknown export by NBD_OPT_EXPORT_NAME',
    (client) => client.send(option(NBD_OPT_EXPORT_NAME, pattern(9))),
  ],
  ['chooses an export and leaves at once', (client) => client.send(option(NBD_OPT_EXPORT_NAME))],
  [
    'asks for a list 3000 times and reads no answer',
    (client) => client.send(repeated(option(NBD_OPT_LIST), 3000)),
  ],
  ['sends 3000 unknown options', (client) => client.send(repeated(option(0x7fff, pattern(20)), 3000))],
  ['announces an option of 4 GiB', (client) => client.send(option(NBD_OPT_GO, pattern(100), ALL_ONES))],
  [
    'announces a name longer than its option',
    (client) => client.send(option(NBD_OPT_GO, Buffer.from('7fffffff0000', 'hex'))),
  ],
  ['asks for info on a short option', (client) => client.send(option(NBD_OPT_INFO, pattern(3)))],
  [
    'asks for contexts with a length that lies',
    (client) => client.send(option(NBD_OPT_SET_META_CONTEXT, Buffer.from('00000000ffffffff', 'hex'))),
  ],
  ['aborts with data and does not wait', (client) => client.send(option(NBD_OPT_ABORT, pattern(100)))],
  ['sends half an option', (client) => client.send(option(NBD_OPT_GO, pattern(6)).subarray(0, 17))],
];

/** What one does that has chosen an export. */
const TRANSMISSION: readonly (readonly [string, Act, RawClientOptions?])[] = [
  ['sends a bad magic', (client) => client.send(pattern(28))],
  ['leaves with reads in flight', (client) => client.send(repeated(read(1, 0, 65536), 200))],
  ['leaves in the middle of a header', (client) => client.send(read(1, 0, 10).subarray(0, 20))],
  [
    'announces 16 writes of 32 MiB and stalls',
    (client) => client.send(request(NBD_CMD_WRITE, 1, 0, 32 * MIB)),
  ],
  [
    'leaves in the middle of a payload',
    (client) => client.send(write(1, 0, pattern(60_000)).subarray(0, 40_000)),
  ],
  ['announces a write of 4 GiB', (client) => client.send(request(NBD_CMD_WRITE, 1, 0, ALL_ONES))],
  ['sends 3000 unknown commands', (client) => client.send(repeated(request(99, 1, 0, 0), 3000))],
  [
    'asks for 2^64 - 1 bytes at 2^64 - 1',
    (client) => client.send(beyond(NBD_CMD_READ)),
    { extendedHeaders: true },
  ],
  [
    'trims 2^64 - 1 bytes at 2^64 - 1',
    (client) => client.send(beyond(NBD_CMD_TRIM)),
    { extendedHeaders: true },
  ],
  [
    'announces a payload of 2^64 - 1 bytes',
    (client) => client.send(beyond(NBD_CMD_WRITE)),
    { extendedHeaders: true },
  ],
];

const LEAVINGS: readonly (readonly [string, Act])[] = [
  ['closes', async (client) => client.channel.close()],
  [
    'ends its half, reads the rest and closes',
    async (client) => {
      client.channel.shutdown('write');
      await client.end().catch(() => {});
      client.channel.close();
    },
  ],
];

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

describe.runIf(process.platform === 'linux').each([
  ['plain', {}],
  ['inside TLS', TLS_CLIENT],
] as const)('%s', (_, tls: RawClientOptions) => {
  test.each(LEAVINGS)('then %s', async (__, leave) => {
    const { server, disk } = tlsServer({ policy: 'allow' }, { handshakeTimeoutMs: 0 });
    const address = { type: 'inet', host: '127.0.0.1' } as const;
    const port = Number(new URL(await server.listen({ ...address, port: 0 })).port);
    const connect = async (): Promise<RawClient> =>
      new RawClient(await QIOChannelSocket.connect({ ...address, port }));
    const served = async (what: string): Promise<void> => {
      const client = await connect();
      await client.handshake(tls);
      await client.send(read(7, 100, 50));
      const reply = await client.reply();
      expect({ what, cookie: reply.cookie, data: reply.data }).toEqual({
        what,
        cookie: 7,
        data: disk.bytes.slice(100, 150),
      });
      client.channel.close();
    };
    await served('first');
    await settle(50);
    const before = openFiles();
    for (const [what, act] of HAGGLING) {
      const client = await connect();
      await client.receive(18);
      await client.send(FIXED_NEWSTYLE_NO_ZEROES);
      if (tls.tls === 'require') {
        await client.send(option(5));
        await client.receive(20);
        await client.startTls(tls.tlsClient);
      }
      // The server may have had enough of it before all was sent.
      await act(client).catch(() => {});
      await leave(client);
      await served(what);
    }
    for (const [what, act, options] of TRANSMISSION) {
      const client = await connect();
      await client.handshake({ ...tls, ...options });
      await act(client).catch(() => {});
      await leave(client);
      await served(what);
    }
    while (openFiles() > before) await settle(1);
  });
});

test('1,000 connections are served side by side', async () => {
  const { server, disk } = tlsServer({ policy: 'allow' });
  const address = { type: 'inet', host: '127.0.0.1' } as const;
  const port = Number(new URL(await server.listen({ ...address, port: 0 })).port);
  const clients: RawClient[] = [];
  for (let from = 0; from < 1000; from += 100) {
    const batch = Array.from({ length: 100 }, async () => {
      const client = new RawClient(await QIOChannelSocket.connect({ ...address, port }));
      await client.handshake();
      return client;
    });
    clients.push(...(await Promise.all(batch)));
  }
  await Promise.all(clients.map((client, index) => client.send(read(index, index, 16))));
  for (const [index, client] of clients.entries()) {
    const { cookie, data } = await client.reply();
    expect(cookie).toBe(index);
    expect(data).toEqual(disk.bytes.slice(index, index + 16));
  }
  for (const client of clients) client.channel.close();
  await server.close();
});
