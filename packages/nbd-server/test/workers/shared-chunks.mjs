// What threads do to the disk that they share, for the tests of shared memory. Run by IOThread: the state is the thread's.
import { MemoryExport } from '@coaio/nbd-server';
import { blockUntil } from '@coaio/real-threads';

/** @type {MemoryExport} */
let disk;

/** @param {import('@coaio/nbd-server').MemoryExportHandle} handle */
export function attach(handle) {
  disk = MemoryExport.attach(handle);
}

/** @param {number} offset @param {Uint8Array} data */
export function write(offset, data) {
  disk.write(offset, data);
}

/** @param {number} offset @param {number} length */
export function zero(offset, length) {
  disk.writeZeroes(offset, length, { mayTrim: true });
}

/** @param {number} offset @param {number} length */
export function read(offset, length) {
  const target = new Uint8Array(length);
  disk.read(offset, target);
  return target;
}

export function extents() {
  return disk.extents(0, disk.size);
}

/**
 * Writes its mark into its own 8 bytes of each chunk again and again, while the others do so beside it and one of them drops the chunks.
 *
 * @param {{ words: Int32Array, index: number, threads: number, rounds: number, chunks: number, drops: boolean }} race
 * @returns {number} marks that were neither what was written nor zero, or that another thread did not see.
 */
export function race({ words, index, threads, rounds, chunks, drops }) {
  const mine = new Uint8Array(8);
  const found = new Uint8Array(8);
  let wrong = 0;
  let turn = 0;
  const meet = () => {
    turn++;
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
    blockUntil(words, 0, turn * threads);
  };
  for (let round = 1; round <= rounds; round++) {
    meet();
    // All make the same missing chunks at once.
    for (let chunk = 0; chunk < chunks; chunk++)
      disk.write(chunk * 2 ** 20 + index * 8, mine.fill(1 + (round % 255)));
    meet();
    for (let chunk = 0; chunk < chunks; chunk++) {
      for (let other = 0; other < threads; other++) {
        disk.read(chunk * 2 ** 20 + other * 8, found);
        if (found.some((byte) => byte !== 1 + (round % 255))) wrong++;
      }
    }
    meet();
    // Half of the threads drop them, while the others write: what is there then is the one or the other.
    if (drops && index % 2 === 0) disk.trim(0, chunks * 2 ** 20);
    else for (let chunk = 0; chunk < chunks; chunk++) disk.write(chunk * 2 ** 20 + index * 8, mine.fill(255));
    meet();
    for (let chunk = 0; chunk < chunks; chunk++) {
      for (let other = 0; other < threads; other++) {
        disk.read(chunk * 2 ** 20 + other * 8, found);
        const allowed = drops ? [0, 255] : [255];
        if (drops && other % 2 === 0) allowed.splice(0, 2, 0, 1 + (round % 255));
        if (found.some((byte) => !allowed.includes(byte))) wrong++;
      }
    }
    meet();
    if (index === 0) disk.trim(0, chunks * 2 ** 20);
  }
  return wrong;
}
