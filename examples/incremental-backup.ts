// Brings a raw copy of a disk up to date with what a dirty bitmap of qemu says was written since.
//
//   qemu-img bitmap --add disk.qcow2 monday            when the copy was made; from then on it notes each write
//   qemu-nbd --read-only --persistent --bitmap monday --socket /tmp/disk.sock disk.qcow2 &
//   node examples/incremental-backup.ts 'nbd+unix:///?socket=/tmp/disk.sock' monday disk.raw
//
// Node 22.18 or later; before: examples/dist/incremental-backup.js, after `npm start`.
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { NbdClient } from '@coaio/nbd-client';

const [uri = '', bitmap = '', path = ''] = process.argv.slice(2);
const context = `qemu:dirty-bitmap:${bitmap}`;
const client = await NbdClient.connect({ uri, metaContexts: [context] });
const file = await open(path, 'r+');
try {
  await file.truncate(Number(client.info.size));
  let copied = 0;
  // By name: a server without that bitmap is an error, and no empty backup.
  for await (const { offset, length, dirty } of client.extents({ contexts: [context] })) {
    if (!dirty) continue;
    const target = createWriteStream(path, { flags: 'r+', start: offset });
    await pipeline(client.readStream({ start: offset, end: offset + length }), target);
    copied += length;
  }
  await file.sync();
  console.log(`${copied} of ${client.info.size} bytes were written since`);
} finally {
  await file.close();
  await client.close();
}
