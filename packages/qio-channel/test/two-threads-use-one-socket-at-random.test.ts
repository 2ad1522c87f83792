// Full duplex over sockets that two threads use, one reading and the other writing, opened and closed all along, some in the middle.
// Two seconds are some hundred sockets; COAIO_SOAK says how long instead.
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IOThread } from '@coaio/aio-context';
import { type QIOChannelHandle, QIOChannelSocket, type SocketAddress } from '@coaio/qio-channel';
import { print, stressMs, stressSeed } from '@coaio/real-threads';
import { expect, onTestFinished, test } from 'vitest';
import { readsStream, writesAttached, writesStream } from './workers/streams.mjs';

const streams = new URL('./workers/streams.mjs', import.meta.url);
const AT_ONCE = 4;

type Sum = Awaited<ReturnType<typeof readsStream>>;
interface Streams {
  readonly writing: Promise<Sum>;
  readonly reading: Promise<Sum>;
  close(): Promise<void> | void;
}

/** Opens a socket and runs a stream each way. */
type Way = (seed: number, total: number) => Promise<Streams>;

function openDescriptors(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

async function start(name: string): Promise<IOThread> {
  const thread = await IOThread.start({ name });
  onTestFinished(() => thread.terminate());
  return thread;
}

/** Runs streams over socket after socket; every third is closed in the middle of both. */
async function streamOver(name: string, way: Way, seed: number, ms: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'coaio-'));
  let sockets = 0;
  let cut = 0;
  let bytes = 0;
  const started = performance.now();
  const oneAfterAnother = async (lane: number) => {
    for (let round = 0; performance.now() - started < ms; round++) {
      const own = seed + lane * 1_000_003 + round * 7919;
      const total = 1 + ((Math.imul(own, 2654435761) >>> 0) % 2_000_000);
      const { writing, reading, close } = await way(own, total);
      sockets++;
      if (round % 3 === 2) {
        cut++;
        await Promise.race([reading, writing, new Promise((resolve) => setImmediate(resolve))]);
        const closed = close();
        // The number of the descriptor is the next file's.
        const files = Array.from({ length: 4 }, (_, file) => openSync(join(folder, `${lane}-${file}`), 'w+'));
        const sums = await Promise.all([writing, reading]);
        await closed;
        const allowed = [undefined, 'QIO_CHANNEL_SHUT_DOWN', 'QIO_CHANNEL_IO'];
        for (const { error } of sums) expect(allowed).toContain(error);
        for (const file of files) {
          expect(fstatSync(file).size).toBe(0);
          closeSync(file);
        }
        continue;
      }
      const [written, read] = await Promise.all([writing, reading]);
      expect({ ...read, seed: own }).toEqual({ ...written, bytes: total, seed: own });
      await close();
      bytes += 2 * total;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => oneAfterAnother(lane)));
  rmSync(folder, { recursive: true });
  expect(cut).toBeLessThan(sockets);
  const rate = bytes / (performance.now() - started) / 1000;
  print(`${name}: ${rate.toFixed(0)} MB/s, ${sockets} sockets, ${cut} of them cut`);
}

test('no byte is lost, no descriptor is left, and no late write meets another file', {
  timeout: 30_000 + stressMs(2000),
}, async () => {
  const seed = stressSeed();
  const ms = stressMs(2000) / 4;
  const [peer, io] = [await start('peer'), await start('io')];
  const folder = mkdtempSync(join(tmpdir(), 'coaio-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const address = await peer.run<SocketAddress>(streams, 'echoes', {
    type: 'unix',
    path: join(folder, 'socket'),
  });
  print(`seed ${seed}, ${AT_ONCE} sockets at a time, ${ms.toFixed(0)} ms each`);

  const connect = () => QIOChannelSocket.connect(address);
  const ways: Record<string, Way> = {
    'one thread': async (own, total) => {
      const channel = await connect();
      return {
        writing: writesStream(channel, own, total),
        reading: readsStream(channel, own),
        close: () => channel.close(),
      };
    },
    'the other thread writes': async (own, total) => {
      const channel = await connect();
      return {
        writing: io.run<Sum>(streams, 'writesAttached', channel.handle, own, total),
        reading: readsStream(channel, own),
        close: () => channel.close(),
      };
    },
    'the other thread reads': async (own, total) => {
      const channel = await connect();
      return {
        writing: writesStream(channel, own, total),
        reading: io.run<Sum>(streams, 'readsAttached', channel.handle, own),
        close: () => channel.close(),
      };
    },
    "the socket is the other thread's, which reads": async (own, total) => {
      const handle = await io.run<QIOChannelHandle>(streams, 'opens', address);
      return {
        writing: writesAttached(handle, own, total),
        reading: io.run<Sum>(streams, 'readsOwn', handle, own),
        close: () => io.run(streams, 'closes', handle),
      };
    },
  };
  // What Node opens the first time is none of theirs.
  for (const way of Object.values(ways)) {
    const { writing, reading, close } = await way(seed, 1000);
    await Promise.all([writing, reading]);
    await close();
  }
  const descriptors = openDescriptors();
  for (const [name, way] of Object.entries(ways)) await streamOver(name, way, seed, ms);
  // Node closes them in its own time, the peer's as well.
  await expect.poll(openDescriptors, { timeout: 10_000 }).toBeLessThanOrEqual(descriptors);
});
