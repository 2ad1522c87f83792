import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  ClientHandshake,
  type ClientHandshakeOptions,
  encodeBlockStatusPayload,
  encodeExtendedBlockStatusChunk,
  encodeExtendedDataChunk,
  encodeExtendedErrorChunk,
  encodeExtendedErrorOffsetChunk,
  encodeExtendedExtent,
  encodeExtendedHoleChunk,
  encodeExtendedNoneChunk,
  encodeExtendedRequest,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_WRITE,
  NEED_MORE,
  newExtendedRequestHeader,
  ServerHandshake,
  type ServerHandshakeOptions,
} from '@coaio/nbd-protocol';
import { directoryWithContexts } from '../handshake-pair.js';
import { concat, text } from '../wire.js';

/** What one side said in a session, with what the other side had to be to hear it. */
export type Session = Said & {
  name: string;
  bytes: Uint8Array;
  /** In part inside TLS, from whose layer nothing comes together with what was before it. */
  tls: boolean;
};

type Said =
  | { said: 'server'; options: ClientHandshakeOptions }
  | { said: 'client'; options: Omit<ServerHandshakeOptions, 'directory'> };

const corpus = fileURLToPath(new URL('../../corpus/', import.meta.url));
const EXTENDED = { extendedHeaders: true, tls: 'allow' } as const;

/** Recorded from qemu-nbd, nbdkit, nbd-server, libnbd and qemu-img; see corpus/record.mjs. */
export function recordedSessions(): Session[] {
  return readdirSync(corpus)
    .filter((file) => file.endsWith('.bin'))
    .map((file): Session => {
      const name = file.slice(0, -'.bin'.length);
      const bytes = new Uint8Array(readFileSync(corpus + file));
      if (name.endsWith('.client')) return { name, said: 'client', bytes, options: EXTENDED, tls: false };
      const options = JSON.parse(readFileSync(`${corpus}${name}.json`, 'utf8')) as ClientHandshakeOptions;
      return { name, said: 'server', bytes, options, tls: false };
    });
}

/** Between client and server of ours: extended headers and TLS, which the recorded ones do not have. */
export function ownSessions(): Session[] {
  const wanted = ['go', 'info', 'list'].flatMap((goal): ClientHandshakeOptions[] => [
    { goal: goal as 'go', extendedHeaders: true, metaContexts: ['base:allocation', 'x-wide:count'] },
    { goal: goal as 'go', tls: 'require', extendedHeaders: true },
  ]);
  return wanted.flatMap((options): Session[] => {
    const { toClient, toServer } = overhear(options);
    const name = `own ${JSON.stringify(options)}`;
    const transmission = options.goal === 'go';
    const tls = options.tls !== undefined;
    return [
      {
        name,
        said: 'server',
        bytes: transmission ? concat(toClient, extendedReplies()) : toClient,
        options,
        tls,
      },
      {
        name,
        said: 'client',
        bytes: transmission ? concat(toServer, extendedRequests()) : toServer,
        options: EXTENDED,
        tls,
      },
    ];
  });
}

function overhear(options: ClientHandshakeOptions): { toClient: Uint8Array; toServer: Uint8Array } {
  const client = new ClientHandshake(options);
  const server = new ServerHandshake({ directory: directoryWithContexts(), ...EXTENDED });
  const toClient: Uint8Array[] = [];
  const toServer: Uint8Array[] = [];
  for (;;) {
    const down = server.takeOutgoing();
    client.receive(down);
    for (let event = client.nextEvent(); event !== NEED_MORE; event = client.nextEvent()) {
      if (event.type === 'starttls') client.tlsStarted();
    }
    const up = client.takeOutgoing();
    server.receive(up);
    for (let event = server.nextEvent(); event !== NEED_MORE; event = server.nextEvent()) {
      if (event.type === 'starttls') server.tlsStarted();
    }
    if (down.length + up.length === 0)
      return { toClient: concat(...toClient), toServer: concat(...toServer) };
    toClient.push(down);
    toServer.push(up);
  }
}

function extendedReplies(): Uint8Array {
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  const request = newExtendedRequestHeader();
  const words = text('no such sector');
  let at = encodeExtendedDataChunk(view, 0, false, request, 0, 0, 64) + 64;
  at = encodeExtendedHoleChunk(view, at, true, request, 0, 64, 4096);
  at = encodeExtendedBlockStatusChunk(view, at, false, request, 0, 2);
  at = encodeExtendedExtent(view, at, 1, 0, 0, 3);
  at = encodeExtendedExtent(view, at, 0, 512, 0, 0);
  at = encodeExtendedNoneChunk(view, at, request);
  at = encodeExtendedErrorChunk(view, at, true, request, 5, words);
  at = encodeExtendedErrorOffsetChunk(view, at, true, request, 5, words, 0, 512);
  return bytes.subarray(0, at);
}

function extendedRequests(): Uint8Array {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  const write = {
    ...newExtendedRequestHeader(),
    type: NBD_CMD_WRITE,
    flags: NBD_CMD_FLAG_PAYLOAD_LEN,
    length: 32,
  };
  const status = { ...write, type: NBD_CMD_BLOCK_STATUS, length: 16 };
  let at = encodeExtendedRequest(view, 0, { ...newExtendedRequestHeader(), lengthHigh: 1, length: 512 });
  at = encodeExtendedRequest(view, at, write) + 32;
  at = encodeExtendedRequest(view, at, status);
  at = encodeBlockStatusPayload(view, at, { lengthHigh: 0, lengthLow: 4096, contextIds: [0, 1] });
  return bytes.subarray(0, at);
}
