// Copies an export of one NBD server to that of another: data as data, zeroes as zeroes, and flushed at the end.
//
//   nbdkit --unix /tmp/from.sock data '@0x100000 "hello"' size=10M &
//   nbdkit --unix /tmp/to.sock memory 10M &
//   node examples/copy-export.ts 'nbd+unix:///?socket=/tmp/from.sock' 'nbd+unix:///?socket=/tmp/to.sock'
//
// Node 22.18 or later; before: examples/dist/copy-export.js, after `npm start`.
import { pipeline } from 'node:stream/promises';
import { NbdClient } from '@coaio/nbd-client';

const [source = '', target = ''] = process.argv.slice(2);
const from = await NbdClient.connect(source);
const to = await NbdClient.connect({ uri: target, readModifyWrite: true });
try {
  if (to.info.size < from.info.size)
    throw new Error(`${from.info.size} bytes do not fit into ${to.info.size}`);
  for await (const { offset, length, zero } of from.extents()) {
    if (zero && to.capabilities.writeZeroes) await to.writeZeroes(offset, length);
    else {
      const range = { start: offset, end: offset + length };
      await pipeline(from.readStream(range), to.writeStream({ start: offset, flush: false }));
    }
  }
  if (to.capabilities.flush) await to.flush();
  const { bytesRead } = from.statistics;
  console.log(`${from.info.size} bytes copied, ${bytesRead} of them data`);
} finally {
  // The flush has told whether all is there: what `close` says of a lost connection would only hide why.
  await Promise.allSettled([from.close(), to.close()]);
}
