import { VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import {
  injectDelays,
  injectErrors,
  MemoryExport,
  type NbdBackend,
  type RecordedRequest,
  record,
  replay,
} from '../src/index.js';
import { bytesOf, done, extentsOf, trimOf, writeTo, zeroIn } from './support/backend-calls.js';
import { pattern } from './support/raw-client.js';

async function work(disk: NbdBackend): Promise<void> {
  await writeTo(disk, 100, pattern(1000), true);
  await bytesOf(disk, 90, 100);
  await zeroIn(disk, 200, 50, false);
  await trimOf(disk, 500, 20);
  await done(() => disk.flush?.());
  await extentsOf(disk, 0, 4096);
  await bytesOf(disk, 0, 4096);
}

async function recorded(payload: 'none' | 'hash' | 'data'): Promise<[RecordedRequest[], MemoryExport]> {
  const requests: RecordedRequest[] = [];
  const disk = new MemoryExport(4096);
  await work(record(disk, (request) => requests.push(request), { payload, clock: new VirtualClock(7) }));
  return [requests, disk];
}

test('each request with its range, its flags and its outcome', async () => {
  const [requests] = await recorded('hash');
  expect(requests.map(({ seq, operation, offset, length }) => [seq, operation, offset, length])).toEqual([
    [0, 'write', 100, 1000],
    [1, 'read', 90, 100],
    [2, 'writeZeroes', 200, 50],
    [3, 'trim', 500, 20],
    [4, 'extents', 0, 4096],
    [5, 'read', 0, 4096],
  ]);
  expect(requests[0]).toMatchObject({ fua: true, startNs: 7, endNs: 7, sha256: expect.any(String) });
  expect(requests[0]).not.toHaveProperty('data');
  expect(requests[2]).toMatchObject({ mayTrim: false, fast: false });
  expect(requests[4]?.extents).toEqual([[4096, '0']]);
});

test('by way of JSON, on a fresh disk', async () => {
  const [requests, disk] = await recorded('data');
  const again = new MemoryExport(4096);
  expect(await replay(JSON.parse(JSON.stringify(requests)), again)).toEqual({ requests: 6, differences: [] });
  expect(Buffer.compare(again.bytes, disk.bytes)).toBe(0);
});

test('what ends in another way is told', async () => {
  const [requests] = await recorded('data');
  const { size, read, write } = MemoryExport.from(pattern(4096)) as NbdBackend;
  const bare: NbdBackend = new MemoryExport(4096);
  const less: NbdBackend = { size, read: bare.read.bind(bare), write: bare.write!.bind(bare) };
  expect([read, write]).not.toContain(undefined);
  const { differences } = await replay(requests, less);
  expect(differences.map(({ request, outcome }) => [request.seq, outcome])).toEqual([
    [2, 'unsupported'],
    [3, 'unsupported'],
    [4, 'unsupported'],
    [5, 'other data'],
  ]);
  const failing = injectErrors(new MemoryExport(4096), [{ operation: 'write', code: 'ENOSPC' }]);
  const second = await replay(requests, failing);
  expect(second.differences.map(({ request, outcome }) => [request.seq, outcome])).toEqual([
    [0, 'ENOSPC'],
    [1, 'other data'],
    [5, 'other data'],
  ]);
});

test('without the data that was written, reads are not compared', async () => {
  for (const payload of ['none', 'hash'] as const) {
    const [requests] = await recorded(payload);
    expect((await replay(requests, new MemoryExport(4096))).differences).toEqual([]);
  }
});

test('errors are recorded, and the same again is no difference', async () => {
  const requests: RecordedRequest[] = [];
  const rules = [{ operation: 'read', nth: 2, code: 'EIO' }] as const;
  const disk = record(injectErrors(new MemoryExport(100), rules), (request) => requests.push(request));
  await bytesOf(disk, 0, 1);
  await expect(bytesOf(disk, 0, 2)).rejects.toMatchObject({ code: 'EIO' });
  expect(requests[1]).toMatchObject({ seq: 1, error: 'EIO' });
  expect((await replay(requests, injectErrors(new MemoryExport(100), rules))).differences).toEqual([]);
  const [difference] = (await replay(requests, new MemoryExport(100))).differences;
  expect(difference).toMatchObject({ outcome: 'success', request: { seq: 1 } });
});

test('those that end in another order are replayed as they began', async () => {
  const clock = new VirtualClock();
  const requests: RecordedRequest[] = [];
  const slow = injectDelays(new MemoryExport(100), [{ nth: 1, delayMs: 5 }], { clock });
  const disk = record(slow, (request) => requests.push(request), { payload: 'data', clock });
  const first = writeTo(disk, 0, pattern(50));
  await writeTo(disk, 50, pattern(50, 2));
  clock.advance(5e6);
  await first;
  expect(requests.map(({ seq, startNs, endNs }) => [seq, startNs, endNs])).toEqual([
    [1, 0, 0],
    [0, 0, 5e6],
  ]);
  const order: number[] = [];
  const seen = record(new MemoryExport(100), ({ offset }) => order.push(offset));
  await replay(requests, seen);
  expect(order).toEqual([0, 50]);
});
