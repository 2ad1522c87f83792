import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { coWaits } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { CountingClock, settle } from './support/drive.js';
import { ModelDisk } from './support/model-disk.js';
import { ModelConnection } from './support/model-server.js';

const CYCLES = 10_000;
/** From when on all that is kept once is there. */
const WARM = 2000;
/** A connection that is kept has buffers of 32 KiB, so 8000 of them were 250 MiB; an object of 100 bytes in each cycle is 0.8 MiB. */
const MAX_GROWTH = 600_000;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

async function usedBytes(): Promise<number> {
  await settle();
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('written, read, lost and made again: memory stays, and no listener, timer or wait is left', async () => {
  const clock = new CountingClock();
  const disk = new ModelDisk(4096);
  const { signal } = new AbortController();
  const request = new AbortController();
  let current: ModelConnection | undefined;
  const channel = (): QIOChannelPair => {
    const [ours, theirs] = QIOChannelPair.open();
    current = new ModelConnection(theirs, { disk });
    return ours;
  };
  const client = await NbdClient.connect({
    channel,
    clock,
    signal,
    reconnectDelayMs: 1000,
    requestTimeoutMs: 1000,
    livenessMs: 1000,
  });
  const target = new Uint8Array(8);
  let before = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    if (cycle === WARM) before = await usedBytes();
    await client.write(0, target, { signal: request.signal });
    await client.readInto(0, target, { signal: request.signal });
    current?.cut();
    disk.flush();
    await settle(1);
  }
  const grown = (await usedBytes()) - before;
  process.stdout.write(`${CYCLES} cycles, of which the last ${CYCLES - WARM} added ${grown} bytes\n`);
  expect(client.statistics.reconnects).toBeGreaterThanOrEqual(CYCLES - 1);
  expect(grown).toBeLessThan(MAX_GROWTH);
  expect(getEventListeners(request.signal, 'abort').length).toBeLessThanOrEqual(1);
  await expect(client.close()).rejects.toMatchObject({ code: 'NBD_NOT_FLUSHED' });
  await settle();
  expect(getEventListeners(signal, 'abort').length).toBe(0);
  expect([clock.armed, coWaits()]).toEqual([0, []]);
}, 120_000);
