import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

/** A port that somebody had a moment ago, and nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a port where nobody listens', async () => {
  const { status, stdout, stderr } = await runCli([`nbd://127.0.0.1:${await freePort()}`, '--numjobs', '2']);
  expect(stderr).toMatch(/^nbd-bench: job [12]: connect: [^\n]*ECONNREFUSED[^\n]*\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(1);
});

test('a socket that is not there, in a comparison too', async () => {
  const socket = join(newFolder(), 'none.sock');
  for (const command of ['run', 'compare']) {
    const { status, stdout, stderr } = await runCli([command, `nbd+unix:///?socket=${socket}`]);
    // Without a rival there is nothing to compare, which is the other thing it may say.
    expect(stderr).toMatch(
      /^nbd-bench: ((job 1: )?connect: [^\n]*ENOENT[^\n]*|no rival is installed[^\n]*)\n$/,
    );
    expect(stdout).toBe('');
    expect(status).toBe(1);
  }
});

test('an export that the server does not have', async () => {
  const uri = await serve(readsThrough(4096, () => {}));
  const { status, stderr } = await runCli([uri.replace('///', '///no-such-export')]);
  expect(stderr).toMatch(/^nbd-bench: job 1: NBD_OPT_GO "no-such-export": [^\n]+\n$/);
  expect(status).toBe(1);
});
