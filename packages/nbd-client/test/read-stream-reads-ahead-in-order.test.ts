import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { connectToScript } from './support/scripted-server.js';

const blockSize = { minimum: 512, preferred: 512, maximum: 4096 };

test('the bytes of any range, in order, though the server answers backwards', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(20_000),
      fc.nat(20_000),
      fc.integer({ min: 1, max: 4096 }),
      fc.integer({ min: 1, max: 9 }),
      async (a, b, chunkSize, inFlight) => {
        const disk = scriptedDisk(20_000, 4);
        const { client } = await connectToScript((server) => serveDisk(server, disk), {
          facts: { size: 20_000n, blockSize },
        });
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const read = Buffer.concat(await allOf(client.readStream({ start, end, chunkSize, inFlight })));
        expect(Buffer.compare(read, disk.bytes.subarray(start, end))).toBe(0);
        await client.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('requests are of chunkSize and aligned to it, and no more than inFlight are ahead of the consumer', async () => {
  const disk = scriptedDisk(40_000);
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts: { size: 40_000n, blockSize },
  });
  const stream = client.readStream({ start: 512, chunkSize: 2048, inFlight: 3 });
  const chunks = stream[Symbol.asyncIterator]();
  await chunks.next();
  // A read more shows that the server has seen all before it.
  await client.read(0, 512);
  await client.read(0, 512);
  const ahead = disk.requests.filter(([, offset]) => offset > 0);
  expect(ahead.slice(0, 3)).toEqual([
    [0, 512, 1536, 0],
    [0, 2048, 2048, 0],
    [0, 4096, 2048, 0],
  ]);
  // One was taken, and the stream's buffer is full with two, for the first is a short one.
  expect(ahead.length).toBeLessThanOrEqual(3 + 3);
  await chunks.return?.();
  await client.close();
});

test('in a pipeline', async () => {
  const disk = scriptedDisk(20_000);
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts: { size: 20_000n, blockSize },
  });
  const parts: Buffer[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      setImmediate(done);
    },
  });
  await pipeline(client.readStream(), slow);
  expect(Buffer.compare(Buffer.concat(parts), disk.bytes)).toBe(0);
});

test('a request that fails ends it, after the bytes before', async () => {
  const disk = { ...scriptedDisk(20_000), badByte: 9000 };
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts: { size: 20_000n, blockSize },
  });
  let read = 0;
  const reading = async (): Promise<void> => {
    for await (const part of client.readStream({ chunkSize: 4096 })) read += part.length;
  };
  await expect(reading()).rejects.toMatchObject({ code: 'NBD_SERVER_ERROR', errno: 'EIO', offset: 8192 });
  expect(read).toBe(8192);
  expect((await client.read(0, 512)).length).toBe(512);
});

test('leaving early gives up what is under way, and the connection lives', async () => {
  const disk = scriptedDisk(20_000);
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts: { size: 20_000n, blockSize },
  });
  for await (const part of client.readStream({ chunkSize: 512, inFlight: 8 })) {
    expect(part.length).toBe(512);
    break;
  }
  expect((await client.read(0, 512)).length).toBe(512);
  await client.close();
});

test('a signal that aborts destroys it with the reason', async () => {
  const { client } = await connectToScript((server) => server.sawEnd());
  const stop = new AbortController();
  const stream = client.readStream({ signal: stop.signal });
  const reading = allOf(stream);
  stop.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
  expect(stream.destroyed).toBe(true);
});

test.each([
  [{ start: 20, end: 10 }, 'NBD_OUT_OF_BOUNDS', '20 to 10'],
  [{ end: 2n ** 21n }, 'NBD_OUT_OF_BOUNDS', '0 to 2097152'],
  [{ start: -1 }, 'NBD_BAD_ARGUMENT', 'start -1'],
  [{ chunkSize: 0 }, 'NBD_BAD_ARGUMENT', 'chunkSize 0'],
  [{ chunkSize: 2 ** 27 }, 'NBD_BAD_ARGUMENT', 'chunkSize 134217728'],
  [{ inFlight: 1.5 }, 'NBD_BAD_ARGUMENT', 'inFlight 1.5'],
  [{ timeoutMs: Number.NaN }, 'NBD_BAD_ARGUMENT', 'timeoutMs NaN'],
])('%o is refused', async (options, code, message) => {
  const { client } = await connectToScript((server) => server.sawEnd());
  expect(() => client.readStream(options)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});
