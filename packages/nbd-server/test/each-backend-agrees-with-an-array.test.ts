import { NBD_STATE_ZERO } from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FileExport,
  injectDelays,
  MemoryExport,
  type NbdBackend,
  OverlayExport,
  record,
} from '../src/index.js';
import { bytesOf, done, extentsOf, trimOf, writeTo, zeroIn } from './support/backend-calls.js';
import { ABSENT, diskFile, fakeCommands } from './support/disk-files.js';
import { pattern } from './support/raw-client.js';

/** Of no unit's size, and long enough for whole chunks of memory, whole blocks of overlays and holes in files. */
const SIZE = 5 * 2 ** 20 + 12_345;
const SLOTS = 4;
const SLOT = Math.floor(SIZE / SLOTS);

const operation = fc.record({
  kind: fc.constantFrom('write', 'write', 'land', 'trim', 'zero', 'allocate', 'extents', 'read', 'view'),
  slot: fc.nat({ max: SLOTS - 1 }),
  offset: fc.oneof(fc.nat({ max: SLOT - 1 }), fc.constantFrom(0, 2 ** 20, 2 ** 16, 2 ** 12)),
  length: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: SLOT })),
  seed: fc.nat({ max: 255 }),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Does it to the backend and to the array. After a trim the array takes what the backend has now. */
async function apply(
  backend: NbdBackend,
  model: Uint8Array,
  { kind, slot, ...rest }: Operation,
): Promise<void> {
  const offset = slot * SLOT + rest.offset;
  const length = Math.min(rest.length, SLOT - rest.offset);
  const known = model.subarray(offset, offset + length);
  switch (kind) {
    case 'write':
    case 'land': {
      const data = pattern(length, rest.seed);
      const landing = kind === 'land' ? (backend.landing?.(offset, length) ?? null) : null;
      if (landing !== null) landing.set(data);
      else await writeTo(backend, offset, data, rest.seed > 250);
      known.set(data);
      return;
    }
    case 'trim':
      if (backend.trim === undefined) return;
      await trimOf(backend, offset, length);
      known.set(await bytesOf(backend, offset, length));
      return;
    case 'zero':
    case 'allocate':
      await zeroIn(backend, offset, length, kind === 'zero');
      known.fill(0);
      return;
    case 'extents': {
      let at = offset;
      for (const [extent, status] of await extentsOf(backend, offset, length)) {
        const end = Math.min(at + extent, offset + length);
        if ((status & NBD_STATE_ZERO) !== 0) {
          expect(model.subarray(at, end).every((byte) => byte === 0)).toBe(true);
        }
        at = end;
      }
      expect(at).toBe(offset + length);
      return;
    }
    case 'view': {
      const view = backend.view?.(offset, length) ?? null;
      if (view !== null) expect(Buffer.compare(view, known)).toBe(0);
      return;
    }
    default:
      expect(Buffer.compare(await bytesOf(backend, offset, length), known)).toBe(0);
  }
}

async function agrees(make: (initial: Uint8Array) => Promise<NbdBackend>, numRuns: number): Promise<void> {
  const initial = pattern(SIZE);
  initial.fill(0, 2 ** 20, 3 * 2 ** 20);
  const run = fc.asyncProperty(
    fc.array(fc.uniqueArray(operation, { selector: ({ slot }) => slot, maxLength: SLOTS }), { maxLength: 8 }),
    async (rounds) => {
      const model = initial.slice();
      const backend = await make(initial);
      // Slots do not overlap, their blocks and chunks do.
      for (const round of rounds) await Promise.all(round.map((one) => apply(backend, model, one)));
      await done(() => backend.flush?.());
      expect(Buffer.compare(await bytesOf(backend, 0, SIZE), model)).toBe(0);
      await backend.close?.();
    },
  );
  await fc.assert(run, { numRuns: process.env['COAIO_SOAK'] === undefined ? numRuns : numRuns * 20 });
}

async function sparse(initial: Uint8Array): Promise<MemoryExport> {
  const disk = new MemoryExport(SIZE);
  disk.write(0, initial);
  disk.writeZeroes(2 ** 20, 2 * 2 ** 20, { mayTrim: true });
  return disk;
}

/** One disk by two exports of it, each call by the other one. */
async function shared(initial: Uint8Array): Promise<NbdBackend> {
  const handle = MemoryExport.share(SIZE);
  const both = [MemoryExport.attach(handle), MemoryExport.attach(handle)] as const;
  let calls = 0;
  const next = (): MemoryExport => both[calls++ % 2 === 0 ? 0 : 1];
  next().write(0, initial);
  next().writeZeroes(2 ** 20, 2 * 2 ** 20, { mayTrim: true });
  return {
    size: SIZE,
    read: (offset, target) => next().read(offset, target),
    view: (offset, length) => next().view(offset, length),
    write: (offset, data) => next().write(offset, data),
    landing: (offset, length) => next().landing(offset, length),
    trim: (offset, length) => next().trim(offset, length),
    writeZeroes: (offset, length, options) => next().writeZeroes(offset, length, options),
    extents: (offset, length) => next().extents(offset, length),
    close: () => {
      for (const disk of both) disk.close();
    },
  };
}

const file = (initial: Uint8Array): Promise<FileExport> => FileExport.open(diskFile(initial));

test('sparse memory', () => agrees(sparse, 40));

test('sparse memory of several threads', () => agrees(shared, 40));

test('memory of bytes', () => agrees(async (initial) => MemoryExport.from(initial.slice()), 40));

test('a file, with the tools of this system', () => agrees(file, 15));

test('a file, without tools', async () => {
  fakeCommands({ fallocate: ABSENT, filefrag: ABSENT });
  await agrees(file, 10);
});

test('an overlay of memory', async () => {
  await agrees(async (initial) => {
    const base = Object.freeze(MemoryExport.from(initial));
    return new OverlayExport(base);
  }, 40);
});

test('an overlay of a slow base and a slow top that can only read and write', async () => {
  await agrees(async (initial) => {
    const slow = (inner: NbdBackend): NbdBackend => injectDelays(inner, [{ delayMs: 0, probability: 0.7 }]);
    const base = slow(await sparse(initial));
    const { size, read, write } = slow(new MemoryExport(SIZE + 100));
    return new OverlayExport(base, { top: { size, read, write: write! } });
  }, 15);
});

test('an overlay of files', async () => {
  await agrees(async (initial) => new OverlayExport(await file(initial), { top: await file(initial) }), 10);
});

test('a recorded one', () => agrees(async (initial) => record(await sparse(initial), () => {}), 10));

test('the check sees a byte that is wrong', async () => {
  const lossy = async (initial: Uint8Array): Promise<NbdBackend> => {
    const disk = await sparse(initial);
    return {
      size: SIZE,
      read: (offset, target) => disk.read(offset, target),
      write: (offset, data) => disk.write(offset, data.subarray(1)),
      writeZeroes: (offset, length, options) => disk.writeZeroes(offset, length, options),
      extents: (offset, length) => disk.extents(offset, length),
    };
  };
  await expect(agrees(lossy, 20)).rejects.toThrow();
});
