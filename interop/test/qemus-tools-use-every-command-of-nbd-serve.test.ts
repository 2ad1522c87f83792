import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { outcome, run } from './support/run.js';
import { COMBINATIONS, coversTheData, serveDisk, sparseImage } from './support/served-disks.js';
import { EXPORT_SIZE, startNbdServe } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { makeCredentials } from './support/tls-servers.js';

const MIB = 2 ** 20;
const folder = temporaryFolder();
const commands = (...lines: string[]): string[] => lines.flatMap((line) => ['-c', line]);

describeWith(['qemu-img', 'qemu-io', 'psktool'], "QEMU's tools", () => {
  beforeAll(async () => {
    await makeCredentials(folder);
    await sparseImage(`${folder}/image.raw`);
  });

  test.each(COMBINATIONS)('qemu-img on %s over %s: convert, compare, map, bench', async (kind, transport) => {
    const server = await serveDisk(folder, kind, transport);
    const image = `${folder}/image.raw`;
    const [objects, [, options = '']] = [server.qemu.slice(0, -2), server.qemu.slice(-2)];
    const target = ['-n', '--target-image-opts', '-f', 'raw', image, options];
    await run('qemu-img', 'convert', ...objects, '-S', '4k', '-m', '8', '-W', ...target);
    const size = JSON.parse(await run('qemu-img', 'info', '--output=json', ...server.qemu))['virtual-size'];
    expect(size).toBe(EXPORT_SIZE);
    const map: { start: number; length: number; data: boolean }[] = JSON.parse(
      await run('qemu-img', 'map', '--output=json', ...server.qemu),
    );
    const data = map.filter((one) => one.data).map(({ start, length }) => ({ offset: start, length }));
    expect(coversTheData(data)).toBe(true);
    if (kind === 'memory') expect(data.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(8 * MIB);
    const back = `${folder}/${kind}-${transport}.qcow2`;
    await run('qemu-img', 'convert', ...server.qemu, '-O', 'qcow2', back);
    expect(await run('qemu-img', 'compare', '-f', 'qcow2', '-F', 'raw', back, image)).toContain('identical');
    // It cannot be told of TLS.
    const bench = ['-c', '2000', '-d', '16', '-s', '4096', '-f', 'raw', server.uri];
    for (const writes of transport === 'tls' ? [] : [[], ['-w', '--flush-interval=100']]) {
      expect(await run('qemu-img', 'bench', ...writes, ...bench)).toContain('Run completed');
    }
    await server.stop();
  });

  test.each(COMBINATIONS)('qemu-io on %s over %s: every command and flag', async (kind, transport) => {
    const server = await serveDisk(folder, kind, transport);
    const steps = [
      ...['length', 'write -P 1 0 1M', 'write -f -P 2 1M 64k', 'writev -P 3 2M 4k 8k 512'],
      ...['writev -f -P 3 2109440 4k', 'aio_write -P 4 3M 256k', 'aio_write -f -P 5 4M 4k', 'aio_flush'],
      ...['aio_write -P 14 5M 64k', 'aio_write -z 5242880 4k', 'aio_write -z -f -u 5246976 4k', 'aio_flush'],
      ...['write -P 6 6M 1M', 'write -z 6M 4k', 'write -z -f 6295552 4k', 'write -z -u 6299648 4k'],
      ...['write -z -u -f 6303744 4k', 'write -z -n 6307840 4k', 'write -P 7 7M 512', 'flush'],
      ...['write -P 8 8M 1M', 'discard 8M 512k', 'discard 8912896 512', 'alloc 0 64k', 'map', 'sleep 1'],
      ...[
        'read -P 1 0 1M',
        'read -P 2 1M 64k',
        'readv -P 3 2M 4k 8k 512',
        'aio_read -P 4 3M 256k',
        'aio_flush',
      ],
      ...['read -P 5 4M 4k', 'read -P 0 5M 8k', 'read -P 14 5251072 56k', 'read -P 6 6M 1M -s 20k -l 4k'],
      ...['read -P 0 6M 16k', 'read -P 6 6311936 512', 'read -P 7 7M 512', 'read -P 0 8M 512k'],
      ...[
        'read -P 8 8913408 1k',
        'read -P 0 32M 16M',
        'read -v 0 512',
        'read -q 0 512',
        'reopen -o cache.direct=off',
      ],
    ];
    const { stdout, stderr, status } = await outcome('qemu-io', ...commands(...steps), ...server.qemu);
    const complaints = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => /fail|error|invalid|denied|not /i.test(line));
    // `write -z -n` must be fast, which zeroes in a file are not known to be.
    const slow = kind === 'file';
    expect({ complaints, status }).toEqual({
      complaints: slow ? ['write failed: Operation not supported'] : [],
      status: slow ? 1 : 0,
    });
    await server.stop();
  });

  test('a write of zeroes that must be fast is one only where it is', async () => {
    const zeroes = commands('write -P 9 0 1M', 'write -z -n 0 1M', 'read -P 0 0 1M');
    const memory = await serveDisk(folder, 'memory', 'unix');
    expect(await outcome('qemu-io', ...zeroes, ...memory.qemu)).toMatchObject({ status: 0 });
    const file = await serveDisk(folder, 'file', 'unix');
    const { stdout, stderr } = await outcome('qemu-io', ...zeroes, ...file.qemu);
    expect(stdout + stderr).toContain('not supported');
    await Promise.all([memory.stop(), file.stop()]);
  });

  test('an overlay takes what is written, and its file stays as it is', async () => {
    const image = `${folder}/image.raw`;
    const before = await readFile(image);
    const server = await startNbdServe(folder, '--file', image, '--overlay');
    await run(
      'qemu-io',
      '-f',
      'raw',
      ...commands('write -P 9 512 1k', 'discard 20M 1M', 'flush'),
      server.uri,
    );
    const read = commands('read -P 9 512 1k', 'read -P 0 20M 1M');
    expect(await run('qemu-io', '-f', 'raw', ...read, server.uri)).not.toContain('failed');
    await server.stop();
    expect(Buffer.compare(await readFile(image), before)).toBe(0);
  });
});
