// Copies an NBD export to a raw file that is as sparse as the disk: what reads as zeroes is neither read nor written.
//
//   qemu-nbd --read-only --persistent --socket /tmp/disk.sock disk.qcow2 &
//   node examples/sparse-copy.ts 'nbd+unix:///?socket=/tmp/disk.sock' disk.raw
//
// Node 22.18 or later; before: examples/dist/sparse-copy.js, after `npm start`.
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { NbdClient } from '@coaio/nbd-client';

const [uri = '', path = ''] = process.argv.slice(2);
const client = await NbdClient.connect(uri);
const file = await open(path, 'w');
try {
  await file.truncate(Number(client.info.size));
  let copied = 0;
  for await (const { offset, length, zero } of client.extents()) {
    if (zero) continue;
    const target = createWriteStream(path, { flags: 'r+', start: offset });
    await pipeline(client.readStream({ start: offset, end: offset + length }), target);
    copied += length;
  }
  await file.sync();
  console.log(`${copied} of ${client.info.size} bytes copied`);
} finally {
  await file.close();
  await client.close();
}
