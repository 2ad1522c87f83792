import { NbdClient } from '@coaio/nbd-client';
import { type NbdBackend, NbdServer } from '@coaio/nbd-server';
import { QIOChannelPair } from '@coaio/qio-channel';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const MINIMUM = 512;
const SIZE = 98 * MINIMUM;

/** A disk that counts on what it advertises: whole blocks, of at most 8 KiB. */
class BlockDisk implements NbdBackend {
  readonly size = SIZE;
  readonly blockSize = { minimum: MINIMUM, preferred: 512, maximum: 8192 };
  readonly bytes = new Uint8Array(SIZE);
  readonly violations: string[] = [];

  read(offset: number, target: Uint8Array): void {
    this.#check(offset, target.length, 8192);
    target.set(this.bytes.subarray(offset, offset + target.length));
  }

  write(offset: number, data: Uint8Array): void {
    this.#check(offset, data.length, 8192);
    this.bytes.set(data, offset);
  }

  writeZeroes(offset: number, length: number): void {
    this.#check(offset, length, SIZE);
    this.bytes.fill(0, offset, offset + length);
  }

  #check(offset: number, length: number, most: number): void {
    const end = offset + length;
    if (offset % MINIMUM === 0 && (end % MINIMUM === 0 || end === SIZE) && length <= most) return;
    this.violations.push(`${length} bytes at ${offset}`);
  }
}

async function connected(readModifyWrite: boolean): Promise<{ disk: BlockDisk; client: NbdClient }> {
  const disk = new BlockDisk();
  const server = new NbdServer();
  server.addExport('', disk);
  const [channel, serverChannel] = QIOChannelPair.open();
  void server.serveChannel(serverChannel);
  return { disk, client: await NbdClient.connect({ channel, readModifyWrite }) };
}

const range = fc
  .tuple(fc.nat(SIZE), fc.oneof(fc.nat(1500), fc.nat(SIZE)))
  .map(([offset, length]) => ({ offset, length: Math.min(length, SIZE - offset) }));
const command = fc.record({
  kind: fc.constantFrom('read', 'write', 'writeZeroes', 'trim', 'cache'),
  range,
  fill: fc.integer({ min: 1, max: 255 }),
});

test('random commands one after the other, with read-modify-write', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), async (commands) => {
      const { disk, client } = await connected(true);
      const model = new Uint8Array(SIZE);
      const { capabilities } = client;
      for (const {
        kind,
        range: { offset, length },
        fill,
      } of commands) {
        if (kind === 'read') {
          const read = await client.read(offset, length);
          expect(Buffer.compare(read, model.subarray(offset, offset + length))).toBe(0);
        } else if (kind === 'write') {
          await client.write(offset, new Uint8Array(length).fill(fill));
          model.fill(fill, offset, offset + length);
        } else if (kind === 'writeZeroes' && capabilities.writeZeroes) {
          await client.writeZeroes(offset, length);
          model.fill(0, offset, offset + length);
        } else if (kind === 'cache' && capabilities.cache) await client.cache(offset, length);
      }
      expect(Buffer.compare(disk.bytes, model)).toBe(0);
      expect(disk.violations).toEqual([]);
      await client.close();
    }),
    { numRuns: 60 },
  );
});

test('writes at the same time into one block lose nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 30 }),
      async (borders) => {
        const { disk, client } = await connected(true);
        // Neighbours that share blocks: each byte is written by one.
        const starts = borders.toSorted((a, b) => a - b).map((border) => border * 100 + 7);
        await Promise.all(
          starts.map((start, index) => {
            const end = starts[index + 1] ?? start + 50;
            return client.write(start, new Uint8Array(end - start).fill(index + 1));
          }),
        );
        for (const [index, start] of starts.entries()) {
          const end = starts[index + 1] ?? start + 50;
          expect(disk.bytes.subarray(start, end).every((byte) => byte === index + 1)).toBe(true);
        }
        expect(disk.violations).toEqual([]);
        await client.close();
      },
    ),
    { numRuns: 40 },
  );
});

test('without it an unaligned write is refused, and an unaligned read is widened', async () => {
  const { disk, client } = await connected(false);
  disk.bytes.fill(5);
  expect((await client.read(1000, 20_000)).every((byte) => byte === 5)).toBe(true);
  await expect(client.write(1, Buffer.alloc(512))).rejects.toMatchObject({ code: 'NBD_UNALIGNED' });
  await client.write(SIZE - 512, Buffer.alloc(512));
  expect(disk.bytes[SIZE - 1]).toBe(0);
  expect(disk.violations).toEqual([]);
  await client.close();
});

test('streams and chunks of it, too', async () => {
  const { disk, client } = await connected(false);
  for (let at = 0; at < SIZE; at++) disk.bytes[at] = at % 251;
  const parts: Buffer[] = [];
  for await (const part of client.readStream({ start: 100, end: 40_000 })) parts.push(part);
  expect(Buffer.compare(Buffer.concat(parts), disk.bytes.subarray(100, 40_000))).toBe(0);
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.readChunks(99, SIZE - 99))
    if (chunk.type === 'data') chunks.push(chunk.data);
  expect(Buffer.compare(Buffer.concat(chunks), disk.bytes.subarray(99))).toBe(0);
  expect(disk.violations).toEqual([]);
  await client.close();
});
