// Serves what a web server has, read-only: each read asks for its range of bytes, and nothing is downloaded before.
//
//   node examples/server-of-a-web-page.ts https://example.com/disk.qcow2 /tmp/nbd.sock &
//   qemu-img info 'nbd+unix:///?socket=/tmp/nbd.sock'
//   qemu-img convert -f qcow2 -O raw 'nbd+unix:///?socket=/tmp/nbd.sock' disk.raw
//
// Node 22.18 or later; before: examples/dist/server-of-a-web-page.js, after `npm start`.
import { NbdServer } from '@coaio/nbd-server';

const [url = '', path = ''] = process.argv.slice(2);

/** Bytes of it. The client gets the message of what is thrown, and EIO for its code. */
async function get(range: string): Promise<Response> {
  const response = await fetch(url, { headers: { range } });
  if (response.status === 206) return response;
  await response.body?.cancel();
  throw Object.assign(new Error(`${url} answers a range with ${response.status}`), { code: 'EIO' });
}

const first = await get('bytes=0-0');
const [, size] = /\/(\d+)$/.exec(first.headers.get('content-range') ?? '') ?? [];
await first.body?.cancel();

const server = new NbdServer({ maxInFlight: 8 });
server.addExport('', {
  size: Number(size),
  blockSize: { minimum: 1, preferred: 256 * 1024, maximum: 4 * 1024 * 1024 },
  async read(offset, target) {
    const response = await get(`bytes=${offset}-${offset + target.length - 1}`);
    target.set(new Uint8Array(await response.arrayBuffer()));
  },
});
console.log(await server.listen({ type: 'unix', path }));
process.once('SIGTERM', () => server.close());
