import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { outcome, run } from './support/run.js';
import { temporaryFolder } from './support/temporary-folder.js';

const MIB = 2 ** 20;
const folder = temporaryFolder();
const manifest = createRequire(import.meta.url).resolve('@coaio/examples/package.json');

/** Starts an example as its header says, and gives its URI. */
async function start(name: string, ...args: string[]): Promise<{ child: ChildProcess; uri: string }> {
  const script = join(dirname(manifest), 'dist', `${name}.js`);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return { child, uri: String(line).trim() };
}

/** A web server with one page, and the requests that it has had. */
async function webServer(page: Buffer): Promise<{ url: string; ranges: string[] }> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    const range = request.headers.range ?? '';
    ranges.push(range);
    if (request.url !== '/disk.qcow2') return response.writeHead(404).end();
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const part = page.subarray(Number(from), Number(to) + 1);
    const headers = { 'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${page.length}` };
    return response.writeHead(206, headers).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/disk.qcow2`, ranges };
}

describeWith(['qemu-img', 'qemu-io'], 'with qemu-img', () => {
  test('an object in memory', async () => {
    const image = `${folder}/disk.raw`;
    await writeFile(image, randomBytes(16 * MIB));
    const { child, uri } = await start('server-of-an-object', `${folder}/object.sock`);
    await run('qemu-img', 'convert', '-n', '-f', 'raw', '-O', 'raw', image, uri);
    expect(await run('qemu-img', 'compare', '-f', 'raw', '-F', 'raw', image, uri)).toContain('identical');
    const printed = once(child.stdout as NodeJS.EventEmitter, 'data');
    child.kill('SIGTERM');
    const { write, read, flush } = JSON.parse(String((await printed)[0]));
    expect(Math.min(write, read, flush)).toBeGreaterThan(0);
  });

  test('a page of a web server', async () => {
    const [raw, qcow2] = [`${folder}/page.raw`, `${folder}/page.qcow2`];
    await writeFile(raw, randomBytes(3 * MIB));
    await run('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2);
    const web = await webServer(await readFile(qcow2));
    const { uri } = await start('server-of-a-web-page', web.url, `${folder}/page.sock`);
    const nothingYet = web.ranges.length;
    expect(nothingYet).toBe(1);
    expect(JSON.parse(await run('qemu-img', 'info', '--output=json', uri))).toMatchObject({
      format: 'qcow2',
      'virtual-size': 3 * MIB,
    });
    expect(await run('qemu-img', 'compare', '-f', 'raw', '-F', 'qcow2', raw, uri)).toContain('identical');
    const written = await outcome('qemu-io', '-f', 'raw', '-c', 'write 0 512', uri);
    expect(written.status).not.toBe(0);
  });
});
