import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { NBD_ENOSPC } from '@coaio/nbd-protocol';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { FileExport, MemoryExport, type NbdBackend, type NbdServer, OverlayExport } from '../src/index.js';
import { bytesOf } from './support/backend-calls.js';
import { diskFile, temporaryFolder } from './support/disk-files.js';
import { pattern, RawClient, read, sameBytes, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { settle } from './support/settle.js';

const SIZE = 900_000;

/** A disk whose memory outlives what `size` says of it. `swap`: a resize gives it other memory, as a careful one would. */
class LandingDisk implements NbdBackend {
  size = SIZE;
  memory = new Uint8Array(SIZE);
  readonly #swap: boolean;

  constructor(swap: boolean) {
    this.#swap = swap;
  }

  resize(size: number): void {
    this.size = size;
    if (this.#swap) this.swap();
  }

  swap(): void {
    this.memory = this.memory.slice();
  }

  read(offset: number, target: Uint8Array): void {
    target.set(this.memory.subarray(offset, offset + target.length));
  }

  write(offset: number, data: Uint8Array): void {
    this.memory.set(data, offset);
  }

  landing(offset: number, length: number): Uint8Array {
    return this.memory.subarray(offset, offset + length);
  }
}

interface Resizable {
  backend: NbdBackend;
  resize: (size: number) => void | Promise<void>;
}

const KINDS: Record<string, () => Promise<Resizable>> = {
  memory: async () => {
    const backend = new MemoryExport(SIZE);
    return { backend, resize: (size) => backend.resize(size) };
  },
  file: async () => {
    const path = diskFile(SIZE);
    const backend = await FileExport.open(path);
    const resize = (size: number): Promise<void> => {
      truncateSync(path, size);
      return backend.resize();
    };
    return { backend, resize };
  },
  "a user's memory": async () => {
    const backend = new LandingDisk(false);
    return { backend, resize: (size) => backend.resize(size) };
  },
  "a user's memory, made anew": async () => {
    const backend = new LandingDisk(true);
    return { backend, resize: (size) => backend.resize(size) };
  },
};

const TRANSPORTS: Record<string, (server: NbdServer) => Promise<RawClient>> = {
  'a pair': (server) => RawClient.open(server),
  'a socket': async (server) => {
    const path = join(temporaryFolder(), 'nbd.sock');
    await server.listen({ type: 'unix', path });
    const client = new RawClient(await QIOChannelSocket.connect({ type: 'unix', path }));
    await client.handshake();
    return client;
  },
};

const CASES = Object.keys(KINDS).flatMap((kind) =>
  Object.keys(TRANSPORTS).flatMap((transport) =>
    // By way of the window, and straight to its place.
    [40_000, 400_000].map((length) => [kind, transport, length] as const),
  ),
);

async function halfWay(kind: string, transport: string, length: number) {
  const { backend, resize } = await (KINDS[kind] as () => Promise<Resizable>)();
  const { server } = serverOf(backend);
  const client = await (TRANSPORTS[transport] as (server: NbdServer) => Promise<RawClient>)(server);
  const data = pattern(length, 3);
  const message = write(1, 100_000, data);
  const half = message.length / 2;
  await client.send(message.subarray(0, half));
  await settle();
  const resized = async (size: number): Promise<void> => {
    await resize(size);
    server.resizeExport('');
  };
  return { server, client, backend, data, resized, rest: message.subarray(half) };
}

test.each(CASES)(
  '%s, %s, %i bytes: beyond the new end nothing is written',
  async (kind, transport, length) => {
    const { client, backend, resized, rest } = await halfWay(kind, transport, length);
    // In the middle of what has come.
    const size = 100_000 + Math.floor(length / 4);
    await resized(size);
    const memory = backend instanceof LandingDisk ? backend.memory : null;
    const beyond = memory?.slice(size);
    await client.send(rest, read(2, size, 1), read(3, 0, 1));
    expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_ENOSPC });
    expect((await client.replies(2)).map(({ error }) => error)).toEqual([22, 0]);
    if (memory !== null) expect(sameBytes(memory.slice(size), beyond!)).toBe(true);
    else {
      await resized(SIZE);
      expect(sameBytes(await bytesOf(backend, size, SIZE - size), new Uint8Array(SIZE - size))).toBe(true);
    }
    client.channel.close();
  },
);

test.each(CASES)('%s, %s, %i bytes: what still fits is whole', async (kind, transport, length) => {
  const { client, backend, data, resized, rest } = await halfWay(kind, transport, length);
  await resized(100_000 + length);
  await client.send(rest, read(2, 0, 1));
  expect(new Set((await client.replies(2)).map(({ error }) => error))).toEqual(new Set([0]));
  expect(sameBytes(await bytesOf(backend, 100_000, length), data)).toBe(true);
  client.channel.close();
});

test('a disk that shrinks below it and grows again has it whole', async () => {
  const { client, backend, data, resized, rest } = await halfWay('memory', 'a socket', 400_000);
  await resized(4096);
  await resized(SIZE);
  await client.send(rest);
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  expect(sameBytes(await bytesOf(backend, 100_000, data.length), data)).toBe(true);
  client.channel.close();
});

test.each([40_000, 400_000])(
  'memory that is made anew while the server is drained has all of %i bytes',
  async (length) => {
    const { server, client, backend, data, rest } = await halfWay("a user's memory", 'a socket', length);
    await server.drain();
    (backend as LandingDisk).swap();
    await server.resume();
    await client.send(rest);
    expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
    expect(sameBytes(await bytesOf(backend, 100_000, length), data)).toBe(true);
    client.channel.close();
  },
);

test.each([40_000, 400_000])(
  'what is written to its place while the server is drained is not taken for the rest of %i bytes',
  async (length) => {
    const { server, client, backend, data, rest } = await halfWay('memory', 'a socket', length);
    await server.drain();
    await backend.write?.(100_000, new Uint8Array(length).fill(0xbb), { fua: false });
    await server.resume();
    await client.send(rest);
    expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
    expect(sameBytes(await bytesOf(backend, 100_000, length), data)).toBe(true);
    client.channel.close();
  },
);

test('an overlay keeps its size, whatever its base does', async () => {
  const base = new MemoryExport(SIZE);
  const overlay = new OverlayExport(base);
  const { server } = serverOf(overlay);
  const client = await RawClient.open(server);
  const data = pattern(400_000);
  await client.send(write(1, 0, data));
  expect((await client.reply()).error).toBe(0);
  // Now the blocks are in the top, and the next payload lands there.
  await client.send(write(2, 0, data).subarray(0, 200_000));
  await settle();
  base.resize(1000);
  server.resizeExport('');
  await client.send(write(2, 0, data).subarray(200_000));
  expect((await client.reply()).error).toBe(0);
  expect(sameBytes(await bytesOf(overlay, 0, data.length), data)).toBe(true);
  await client.disconnect();
});
