/**
 * What memory is had and given back in. Requests that lie within one are served without a copy: those of QEMU and of
 * nbdcopy do. The system gives a fresh chunk its pages as they are written, so a short write costs no MiB.
 */
export const CHUNK_SIZE = 2 ** 20;

/** @throws Error `ENOMEM`. */
export function newChunk(index: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(orNoMemory(index, () => new ArrayBuffer(CHUNK_SIZE)));
}

/** For several threads. @throws Error `ENOMEM`. */
export function newSharedChunk(index: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(orNoMemory(index, () => new SharedArrayBuffer(CHUNK_SIZE)));
}

function orNoMemory<T>(index: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    const message = `memory export: no memory for the MiB at ${index * CHUNK_SIZE}`;
    throw Object.assign(new Error(message, { cause: error }), { code: 'ENOMEM' });
  }
}
