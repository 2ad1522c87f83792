// The races take about half a second each; COAIO_SOAK says how long instead.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { IOThread } from '@coaio/aio-context';
import { print, sharedWords, stressMs } from '@coaio/real-threads';
import { expect, onTestFinished, test } from 'vitest';
import { MemoryExport, type MemoryExportHandle, type NbdExtent } from '../src/index.js';
import { pattern, sameBytes } from './support/raw-client.js';
import { settle } from './support/settle.js';

const MIB = 2 ** 20;
const TIB = 2 ** 40;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const worker = new URL('./workers/shared-chunks.mjs', import.meta.url);

interface Thread {
  run<T = void>(name: string, ...args: unknown[]): Promise<T>;
}

async function threadsOver(handle: MemoryExportHandle, count = 2): Promise<Thread[]> {
  const threads = [];
  while (threads.length < count) {
    const thread = await IOThread.start();
    onTestFinished(() => thread.terminate());
    await thread.run(worker, 'attach', handle);
    threads.push({ run: <T>(name: string, ...args: unknown[]) => thread.run<T>(worker, name, ...args) });
  }
  return threads;
}

test('what one writes the others read, and zeroes where nobody has', async () => {
  const handle = MemoryExport.share(3 * MIB + 100);
  const here = MemoryExport.attach(handle);
  onTestFinished(() => here.close());
  const [a, b] = (await threadsOver(handle)) as [Thread, Thread];
  const bytes = pattern(MIB + 100);
  await a.run('write', MIB - 50, bytes);
  expect(sameBytes(await b.run('read', MIB - 50, bytes.length), bytes)).toBe(true);
  await b.run('write', 3 * MIB, pattern(100, 7));
  // Without a turn of the event loop, in which it might hear of it.
  const target = new Uint8Array(3 * MIB + 100).fill(1);
  here.read(0, target);
  const expected = new Uint8Array(3 * MIB + 100);
  expected.set(bytes, MIB - 50);
  expected.set(pattern(100, 7), 3 * MIB);
  expect(sameBytes(target, expected)).toBe(true);
  expect(here.view(MIB, 10)).toEqual(bytes.subarray(50, 60));
});

test('whole chunks that one zeroes are holes for all, and can be written again', async () => {
  const handle = MemoryExport.share(8 * TIB);
  const [a, b] = (await threadsOver(handle)) as [Thread, Thread];
  await a.run('write', 5 * TIB, pattern(2 * MIB));
  await b.run('zero', 5 * TIB - 10, MIB + 20);
  const expected = pattern(2 * MIB).fill(0, 0, MIB + 10);
  expect(sameBytes(await a.run('read', 5 * TIB, 2 * MIB), expected)).toBe(true);
  for (const thread of [a, b]) {
    expect(await thread.run<NbdExtent[]>('extents')).toEqual([
      { length: 5 * TIB + MIB, status: 3 },
      { length: MIB, status: 0 },
      { length: 3 * TIB - 2 * MIB, status: 3 },
    ]);
  }
  await b.run('write', 5 * TIB + 5, pattern(5));
  expect(await a.run('read', 5 * TIB, 12)).toEqual(new Uint8Array([0, 0, 0, 0, 0, ...pattern(5), 0, 0]));
});

test('what one drops the others let go, without a request of theirs', async () => {
  const handle = MemoryExport.share(MIB);
  const [a, b] = [MemoryExport.attach(handle), MemoryExport.attach(handle)];
  onTestFinished(() => {
    for (const disk of [a, b]) disk.close();
  });
  a.write(0, pattern(100));
  const memory = new WeakRef(b.view(0, 1)!.buffer);
  await settle();
  collect();
  expect(memory.deref()).toBeDefined();
  a.trim(0, MIB);
  const isGone = (): boolean => {
    collect();
    return memory.deref() === undefined;
  };
  await expect.poll(isGone).toBe(true);
});

test('what one drops before it has heard of it is let go by it too', async () => {
  const handle = MemoryExport.share(MIB);
  const [a, b] = [MemoryExport.attach(handle), MemoryExport.attach(handle)];
  onTestFinished(() => {
    for (const disk of [a, b]) disk.close();
  });
  const bytes = pattern(MIB);
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 150; round++) {
    a.write(0, bytes);
    b.trim(0, MIB);
    await settle(3);
  }
  const grown = (): number => {
    collect();
    return process.memoryUsage().rss - before;
  };
  await expect.poll(grown).toBeLessThan(80 * MIB);
});

test('a large disk costs no memory until it is written to', async () => {
  const before = process.memoryUsage().rss;
  const disk = MemoryExport.attach(MemoryExport.share(64n * 1024n ** 4n));
  onTestFinished(() => disk.close());
  disk.write(63 * TIB, pattern(5000));
  const target = new Uint8Array(5000);
  disk.read(20 * TIB, target);
  expect(target).toEqual(new Uint8Array(5000));
  expect(disk.extents(0, 64 * TIB)).toHaveLength(3);
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * MIB);
});

test.each([false, true])(
  'threads that make the same chunks at once agree on them; that drop them meanwhile: %s',
  { timeout: 60_000 + 2 * stressMs(500) },
  async (drops) => {
    const race = { threads: 3, rounds: 50, chunks: 4, drops };
    const racing = await threadsOver(MemoryExport.share(race.chunks * MIB), race.threads);
    const since = performance.now();
    let rounds = 0;
    for (; performance.now() - since < stressMs(500); rounds += race.rounds) {
      const words = sharedWords(1);
      const wrong = await Promise.all(
        racing.map(({ run }, index) => run<number>('race', { ...race, words, index })),
      );
      expect(wrong).toEqual([0, 0, 0]);
    }
    const rate = Math.round((rounds * race.chunks * 1000) / (performance.now() - since));
    print(
      `${rounds} rounds of ${race.threads} threads, ${rate} chunks/s made by all at once, dropped meanwhile: ${drops}`,
    );
  },
);

test('who comes after the first write is refused: it would not see it', () => {
  const handle = MemoryExport.share(MIB);
  const disk = MemoryExport.attach(handle);
  onTestFinished(() => disk.close());
  MemoryExport.attach(handle).close();
  disk.trim(0, MIB);
  MemoryExport.attach(handle).close();
  disk.write(0, pattern(1));
  expect(() => MemoryExport.attach(handle)).toThrow(
    expect.objectContaining({
      code: 'NBD_BAD_ARGUMENT',
      message: expect.stringContaining('written to already'),
    }),
  );
});

test('what cannot be shared is refused', () => {
  expect(() => MemoryExport.share(-1)).toThrow(expect.objectContaining({ code: 'NBD_BAD_EXPORT' }));
  expect(() => MemoryExport.share(64 * TIB + 1)).toThrow(/allowed are 70368744177664 at most/);
  expect(() => MemoryExport.attach(null as never)).toThrow(/expected a handle/);
  const disk = MemoryExport.attach(MemoryExport.share(MIB));
  onTestFinished(() => disk.close());
  expect(() => disk.resize(2 * MIB)).toThrow(/threads share cannot become 2097152/);
  disk.resize(MIB);
});
