import {
  ClientHandshake,
  type ClientHandshakeEvent,
  type ClientHandshakeOptions,
  decodeBlockStatusPayload,
  decodeExtendedExtents,
  decodeExtendedReply,
  decodeExtendedRequest,
  decodeExtents,
  decodeReply,
  decodeRequest,
  extendedPayloadLength,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_WRITE,
  NEED_MORE,
  newExtendedReplyHeader,
  newExtendedRequestHeader,
  ReplyKind,
  ServerHandshake,
  type ServerHandshakeEvent,
  type ServerHandshakeOptions,
} from '@coaio/nbd-protocol';
import { directoryWithContexts } from '../handshake-pair.js';

export const MAX_DATA = 1 << 20;
const directory = directoryWithContexts();

/** How far a side came: the event of its handshake, and how many messages of the transmission phase it read. */
export interface Outcome {
  event: string;
  messages: number;
  /** Bytes that were left over as the start of a message. */
  rest: number;
}

/** Lets a client hear `bytes`, in pieces of `split`, and read what follows its handshake. */
export function playToClient(bytes: Uint8Array, options: ClientHandshakeOptions, split: number): Outcome {
  const client = new ClientHandshake(options);
  let last: ClientHandshakeEvent | undefined;
  let at = 0;
  while (at < bytes.length && !client.finished) {
    client.receive(bytes.subarray(at, at + split));
    at += split;
    for (let event = client.nextEvent(); event !== NEED_MORE; event = client.nextEvent()) {
      last = event;
      if (event.type === 'starttls') client.tlsStarted();
    }
    client.takeOutgoing();
  }
  if (last?.type !== 'ready') return { event: last?.type ?? 'none', messages: 0, rest: 0 };
  const rest = joined(client.rest(), bytes, at);
  const read = last.extendedHeaders ? readExtendedReplies(rest) : readReplies(rest, last.structuredReplies);
  return { event: 'ready', ...read };
}

/** Lets a server hear `bytes`, in pieces of `split`, and read what follows its handshake. */
export function playToServer(
  bytes: Uint8Array,
  options: Omit<ServerHandshakeOptions, 'directory'>,
  split: number,
): Outcome {
  const server = new ServerHandshake({ directory, ...options });
  let last: ServerHandshakeEvent | undefined;
  let at = 0;
  while (at < bytes.length && !server.finished) {
    server.receive(bytes.subarray(at, at + split));
    at += split;
    for (let event = server.nextEvent(); event !== NEED_MORE; event = server.nextEvent()) {
      last = event;
      if (event.type === 'starttls') server.tlsStarted();
    }
    server.takeOutgoing();
  }
  if (last?.type !== 'ready') return { event: last?.type ?? 'none', messages: 0, rest: 0 };
  const rest = joined(server.rest(), bytes, at);
  return { event: 'ready', ...(last.extendedHeaders ? readExtendedRequests(rest) : readRequests(rest)) };
}

function joined(rest: Uint8Array, bytes: Uint8Array, at: number): Uint8Array {
  const tail = bytes.subarray(Math.min(at, bytes.length));
  const all = new Uint8Array(rest.length + tail.length);
  all.set(rest);
  all.set(tail, rest.length);
  return all;
}

type Read = Omit<Outcome, 'event'>;

/** Moves on by what a decoder says, which must stay within the window. */
function walk(bytes: Uint8Array, message: (view: DataView, at: number, end: number) => number): Read {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let messages = 0;
  for (;;) {
    const next = message(view, at, bytes.length);
    if (next === NEED_MORE || next > bytes.length) return { messages, rest: bytes.length - at };
    if (next <= at) throw new Error(`decoder went from ${at} to ${next}`);
    at = next;
    messages += 1;
  }
}

const SINK = { addExtent: (): void => undefined };
/** What the first two reads of record.mjs asked for. */
const SIMPLE_READS = [512, 1024];

function readReplies(bytes: Uint8Array, structuredReplies: boolean): Read {
  const reply = newExtendedReplyHeader();
  return walk(bytes, (view, at, end) => {
    const next = decodeReply(view, at, end, reply, MAX_DATA);
    if (next === NEED_MORE) return NEED_MORE;
    if (next > end) throw new Error(`decoder left its window of ${end} for ${next}`);
    if (reply.kind === ReplyKind.BLOCK_STATUS)
      decodeExtents(view, next, Math.min(end, next + reply.length), SINK);
    const simple = reply.kind === ReplyKind.SIMPLE && !structuredReplies && reply.error === 0;
    if (simple) return next + (SIMPLE_READS[reply.cookieLow] ?? 0);
    return reply.kind === ReplyKind.HOLE ? next : next + reply.length;
  });
}

function readExtendedReplies(bytes: Uint8Array): Read {
  const reply = newExtendedReplyHeader();
  return walk(bytes, (view, at, end) => {
    const next = decodeExtendedReply(view, at, end, reply, MAX_DATA);
    if (next === NEED_MORE) return NEED_MORE;
    if (next > end) throw new Error(`decoder left its window of ${end} for ${next}`);
    if (reply.kind === ReplyKind.BLOCK_STATUS) {
      decodeExtendedExtents(view, next, Math.min(end, next + reply.length), SINK);
    }
    return reply.kind === ReplyKind.HOLE ? next : next + reply.length;
  });
}

function readRequests(bytes: Uint8Array): Read {
  const request = newExtendedRequestHeader();
  return walk(bytes, (view, at, end) => {
    const next = decodeRequest(view, at, end, request);
    if (next === NEED_MORE) return NEED_MORE;
    return request.type === NBD_CMD_WRITE ? next + request.length : next;
  });
}

function readExtendedRequests(bytes: Uint8Array): Read {
  const request = newExtendedRequestHeader();
  return walk(bytes, (view, at, end) => {
    const next = decodeExtendedRequest(view, at, end, request, MAX_DATA);
    if (next === NEED_MORE) return NEED_MORE;
    const payload = extendedPayloadLength(request);
    if (request.type === NBD_CMD_BLOCK_STATUS && payload > 0)
      decodeBlockStatusPayload(view, next, end, payload);
    return next + payload;
  });
}
