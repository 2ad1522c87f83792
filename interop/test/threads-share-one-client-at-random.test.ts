// Four threads at once through one client, and beside it with one connection each; and one that is ended in the middle, over and over.
// About two seconds; COAIO_SOAK says how long instead.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IOThread } from '@coaio/aio-context';
import type { NbdClientHandle } from '@coaio/nbd-client';
import { print, stressMs, stressSeed } from '@coaio/real-threads';
import { expect, onTestFinished, test } from 'vitest';
import type { readsBlocks, usesRegions } from './workers/shared-client.mjs';

const worker = new URL('./workers/shared-client.mjs', import.meta.url);
const THREADS = 4;
const COROUTINES = 8;
const REGION = 1_000_003;
const SIZE = 64 << 20;

type Done = Awaited<ReturnType<typeof usesRegions>>;
type Requests = Awaited<ReturnType<typeof readsBlocks>>;

async function start(name: string): Promise<IOThread> {
  const thread = await IOThread.start({ name });
  onTestFinished(() => thread.terminate());
  return thread;
}

function startThreads(): Promise<IOThread[]> {
  return Promise.all(Array.from({ length: THREADS }, (_, index) => start(`io${index}`)));
}

function runInEach<T>(
  threads: readonly IOThread[],
  name: string,
  args: (index: number) => unknown[],
): Promise<T[]> {
  return Promise.all(threads.map((thread, index) => thread.run<T>(worker, name, ...args(index))));
}

async function serve(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'coaio-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = await start('server');
  return await server.run<string>(worker, 'serves', join(folder, 'socket'), SIZE);
}

/** A view that is ended in the middle, and the next one. */
async function endOverAndOver(handle: NbdClientHandle, until: number): Promise<number> {
  let ended = 0;
  for (; performance.now() < until; ended++) {
    const thread = await start(`short${ended}`);
    await thread.run(worker, 'attaches', handle);
    const reading = thread.run(worker, 'readsForEver', SIZE).catch((error: unknown) => error);
    await thread.run(worker, 'attaches', handle);
    await thread.terminate();
    expect(await reading).toMatchObject({ code: 'IOTHREAD_DIED' });
  }
  return ended;
}

test('each thread reads what it wrote, whoever ends meanwhile', {
  timeout: 60_000 + stressMs(),
}, async () => {
  const seed = stressSeed();
  const ms = stressMs();
  const uri = await serve();
  const home = await start('home');
  const handle = await home.run<NbdClientHandle>(worker, 'connects', uri);
  const threads = await startThreads();
  await runInEach(threads, 'attaches', () => [handle]);
  const until = performance.now() + ms;
  const plan = { ms, region: REGION, coroutines: COROUTINES };
  const [done, ended] = await Promise.all([
    runInEach<Done>(threads, 'usesRegions', (index) => [
      { ...plan, seed: seed + index, start: index * COROUTINES * REGION },
    ]),
    endOverAndOver(handle, until),
  ]);
  const requests = done.reduce((sum, each) => sum + each.requests, 0);
  const bytes = done.reduce((sum, each) => sum + each.bytes, 0);
  print(
    `seed ${seed}, one client: ${((requests / ms) * 1000).toFixed(0)} requests/s, ${(bytes / ms / 1000).toFixed(0)} MB/s, ${ended} views ended`,
  );
  expect(done.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(ended).toBeGreaterThan(0);
  await runInEach(threads, 'closes', () => []);
  await home.run(worker, 'closes');
});

test('its rate beside that of one connection each', { timeout: 60_000 + stressMs() }, async () => {
  const ms = stressMs() / 4;
  const uri = await serve();
  const home = await start('home');
  const threads = await startThreads();
  const read = async () => {
    const plan = { ms, depth: 16, size: SIZE };
    const each = await runInEach<Requests>(threads, 'readsBlocks', (index) => [{ ...plan, seed: index }]);
    await runInEach(threads, 'closes', () => []);
    return (each.reduce((sum, requests) => sum + requests) / ms) * 1000;
  };
  const ratios: number[] = [];
  for (const _ of [1, 2]) {
    const handle = await home.run<NbdClientHandle>(worker, 'connects', uri);
    await runInEach(threads, 'attaches', () => [handle]);
    const shared = await read();
    await home.run(worker, 'closes');
    await runInEach(threads, 'connects', () => [uri]);
    const own = await read();
    print(
      `4 KiB reads, 4 threads at depth 16: one client ${shared.toFixed(0)}/s, one each ${own.toFixed(0)}/s`,
    );
    ratios.push(shared / own);
  }
  expect(ratios.every((ratio) => ratio > 0)).toBe(true);
});
