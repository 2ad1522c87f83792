import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { outcome, run } from './support/run.js';
import { EXPORT_SIZE, startNbdServe } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

const folder = temporaryFolder();

/** A file with data at both ends, in the middle, and nothing in between. */
async function diskImage(name: string): Promise<string> {
  const path = `${folder}/${name}`;
  const bytes = Buffer.alloc(EXPORT_SIZE);
  for (const at of [0, (EXPORT_SIZE / 2) | 0, EXPORT_SIZE - (1 << 20)]) randomBytes(1 << 20).copy(bytes, at);
  await writeFile(path, bytes);
  return path;
}

describeWith(['nbdinfo', 'nbdcopy'], "libnbd's tools", () => {
  test('nbdinfo tells what the server was given', async () => {
    const server = await startNbdServe(folder, '--memory', '64M', '--export-name', 'disk', '--read-only');
    const info = JSON.parse(await run('nbdinfo', '--json', server.uri));
    expect(info).toMatchObject({ protocol: 'newstyle-fixed', structured: true });
    expect(info.exports).toMatchObject([
      { 'export-name': 'disk', 'export-size': EXPORT_SIZE, is_read_only: true },
    ]);
    const list = JSON.parse(await run('nbdinfo', '--list', '--json', server.uri));
    expect(list.exports).toHaveLength(1);
    expect(await outcome('nbdinfo', server.uri.replace('/disk', '/tape'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('tape'),
    });
    await server.stop();
  });

  test('nbdcopy copies in and out, byte for byte', async () => {
    const image = await diskImage('nbdcopy.raw');
    const server = await startNbdServe(folder, '--memory', '64M');
    await run('nbdcopy', image, server.uri);
    await run('nbdcopy', '--flush', server.uri, `${image}.back`);
    expect(Buffer.compare(await readFile(image), await readFile(`${image}.back`))).toBe(0);
    await server.stop();
  });
});

describeWith(['qemu-img', 'qemu-io'], "QEMU's tools", () => {
  test('qemu-img converts to it, compares with it and reads it back', async () => {
    const image = await diskImage('qemu-img.raw');
    const server = await startNbdServe(folder, '--memory', '64M', '--export-name', 'disk');
    await run('qemu-img', 'convert', '-n', '-f', 'raw', '-O', 'raw', image, server.uri);
    expect(await run('qemu-img', 'compare', '-f', 'raw', '-F', 'raw', image, server.uri)).toContain(
      'identical',
    );
    await run('qemu-img', 'convert', '-f', 'raw', '-O', 'raw', server.uri, `${image}.back`);
    expect(Buffer.compare(await readFile(image), await readFile(`${image}.back`))).toBe(0);
    await server.stop();
  });

  test('qemu-io writes, flushes and verifies a file export, and the file has the data', async () => {
    const image = await diskImage('qemu-io.raw');
    const server = await startNbdServe(folder, '--file', image);
    const output = await run(
      'qemu-io',
      ...['-f', 'raw', '-c', 'write -P 0x5a 4k 1M', '-c', 'write -f -P 0xa5 8k 512', '-c', 'flush'],
      ...['-c', 'read -P 0xa5 8k 512', '-c', 'read -P 0x5a 16k 64k', server.uri],
    );
    expect(output).not.toContain('failed');
    const bytes = await readFile(image);
    expect(bytes.subarray(4096, 8192).every((byte) => byte === 0x5a)).toBe(true);
    expect(bytes.subarray(8192, 8704).every((byte) => byte === 0xa5)).toBe(true);
    await server.stop();
  });

  test('a read-only export refuses to be written', async () => {
    const server = await startNbdServe(folder, '--memory', '64M', '--read-only');
    const { stdout, stderr, status } = await outcome('qemu-io', '-f', 'raw', '-c', 'write 0 4k', server.uri);
    expect({ status, output: stdout + stderr }).toMatchObject({
      status: 1,
      output: expect.stringMatching(/permission denied|read.?only/i),
    });
    await server.stop();
  });
});

describeWith(['qemu-io'], 'SIGTERM with a client connected', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it with status 0 and removes the socket',
    async (signal) => {
      const server = await startNbdServe(folder, '--memory', '64M');
      await run('qemu-io', '-f', 'raw', '-c', 'read 0 4k', server.uri);
      expect(await server.stop(signal)).toBe(0);
      expect(existsSync(`${folder}/nbd-serve.sock`)).toBe(false);
    },
  );
});
