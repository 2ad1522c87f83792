import type { Co } from '@coaio/coroutine';
import {
  NBD_CMD_DISC,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
  NBD_EIO,
} from '@coaio/nbd-protocol';
import { type ReceivedRequest, reply, type ScriptedServer } from './scripted-server.js';

export interface ScriptedDisk {
  bytes: Uint8Array;
  /** What it was asked for, in order: command, offset, length, flags. */
  requests: [type: number, offset: number, length: number, flags: number][];
  /** Answers so many at a time, the last first. */
  backwards: number;
  /** Fails what touches this byte. */
  badByte?: number;
}

export function scriptedDisk(size: number, backwards = 1): ScriptedDisk {
  const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
  return { bytes, requests: [], backwards };
}

/** Serves a disk until the client leaves. */
export function* serveDisk(server: ScriptedServer, disk: ScriptedDisk): Co<void> {
  const held: ReceivedRequest[] = [];
  for (;;) {
    const request = yield* server.request();
    if (request.type === NBD_CMD_DISC) return;
    disk.requests.push([request.type, request.offset, request.length, request.flags]);
    held.push(request);
    if (held.length < disk.backwards && server.window.available > 0) continue;
    for (const answered of held.splice(0).reverse()) yield* server.send(answer(disk, answered));
  }
}

function answer({ bytes, badByte = -1 }: ScriptedDisk, request: ReceivedRequest): Uint8Array {
  const { type, offset, length, payload } = request;
  if (badByte >= offset && badByte < offset + length) return reply.error(request, NBD_EIO, 'bad sector');
  if (type === NBD_CMD_READ) return reply.data(request, offset, bytes.slice(offset, offset + length));
  if (type === NBD_CMD_WRITE) bytes.set(payload, offset);
  if (type === NBD_CMD_WRITE_ZEROES) bytes.fill(0, offset, offset + length);
  return reply.none(request);
}
