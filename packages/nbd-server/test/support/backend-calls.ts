import { type Co, coRun } from '@coaio/coroutine';
import { coWork } from '../../src/exports/co-work.js';
import type { NbdBackend, NbdExtent, NbdWork } from '../../src/index.js';

export const NO_FUA = { fua: false };

/** Runs what a backend's function returns, as a connection does. */
export function done<T>(call: () => NbdWork<T>): Promise<T> {
  return coRun(function* (): Co<T> {
    return yield* coWork(call());
  });
}

export async function bytesOf(backend: NbdBackend, offset: number, length: number): Promise<Uint8Array> {
  const target = new Uint8Array(length).fill(0xee);
  await done(() => backend.read(offset, target, NO_FUA));
  return target;
}

export async function extentsOf(
  backend: NbdBackend,
  offset: number,
  length: number,
): Promise<[length: number, status: number][]> {
  const extents = await done(() => backend.extents!(offset, length, { one: false }));
  return [...(extents as Iterable<NbdExtent>)].map((extent: NbdExtent) => [
    extent.length,
    Number(extent.status),
  ]);
}

export function writeTo(backend: NbdBackend, offset: number, data: Uint8Array, fua = false): Promise<void> {
  return done(() => backend.write!(offset, data, { fua }));
}

export function zeroIn(backend: NbdBackend, offset: number, length: number, mayTrim = true): Promise<void> {
  return done(() => backend.writeZeroes!(offset, length, { fua: false, mayTrim, fast: false }));
}

export function trimOf(backend: NbdBackend, offset: number, length: number, fua = false): Promise<void> {
  return done(() => backend.trim!(offset, length, { fua }));
}
