// Writes blocks of a file, several at once, and says of each on stdout "block round" once it has been acknowledged: with
// FUA, or by the flush after it. Never ends by itself.
//   node writes-until-it-is-killed.mjs FILE WRITERS BLOCKS BLOCK_SIZE
import { writeSync } from 'node:fs';
import { FileExport } from '@coaio/nbd-server';

const [path = '', ...numbers] = process.argv.slice(2);
const [writers = 1, blocks = 1, blockSize = 4096] = numbers.map(Number);
const disk = await FileExport.open(path);

await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));

/** @param {number} writer */
async function write(writer) {
  const fua = writer % 2 === 0;
  for (let round = 1; ; round++) {
    const own = Array.from({ length: blocks }, (_, index) => writer * blocks + index);
    for (const block of own) {
      const words = new Uint32Array(blockSize / 4).fill(round);
      await disk.write(block * blockSize, new Uint8Array(words.buffer), { fua });
      if (fua) writeSync(1, `${block} ${round}\n`);
    }
    if (fua) continue;
    await disk.flush();
    writeSync(1, own.map((block) => `${block} ${round}\n`).join(''));
  }
}
