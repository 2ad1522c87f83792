import { readFile } from 'node:fs/promises';
import { NbdClient } from '@coaio/nbd-client';
import { beforeAll, expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { run } from './support/run.js';
import { COMBINATIONS, coversTheData, serveDisk, sparseImage } from './support/served-disks.js';
import { EXPORT_SIZE, startNbdServe } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { makeCredentials } from './support/tls-servers.js';

const folder = temporaryFolder();
const MIB = 2 ** 20;
const THREADS = ['--threads', '2'];

interface MapEntry {
  offset: number;
  length: number;
  type: number;
}

describeWith(['nbdcopy', 'nbdinfo', 'psktool'], 'nbdcopy', () => {
  beforeAll(async () => {
    await makeCredentials(folder);
    await sparseImage(`${folder}/image.raw`);
  });

  // One connection writes what another one reads, and the flush of one is for all.
  test.each(COMBINATIONS)('%s over %s: four connections, sparse both ways', async (kind, transport) => {
    const server = await serveDisk(folder, kind, transport, ...THREADS);
    const fast = ['--connections=4', '--requests=16', '--request-size=262144', '--flush'];
    const back = `${folder}/${kind}-${transport}.raw`;
    await run('nbdcopy', ...fast, `${folder}/image.raw`, server.uri);
    const map: MapEntry[] = JSON.parse(await run('nbdinfo', '--map', '--json', server.uri));
    expect(map.reduce((sum, { length }) => sum + length, 0)).toBe(EXPORT_SIZE);
    expect(coversTheData(map.filter(({ type }) => type === 0))).toBe(true);
    await run('nbdcopy', ...fast, server.uri, back);
    expect(Buffer.compare(await readFile(back), await readFile(`${folder}/image.raw`))).toBe(0);
    expect(await server.stop()).toBe(0);
  });
});

describeWith(['qemu-io'], 'qemu-io', () => {
  test('finds in 8 TiB what a client of the other thread does, and that finds what it does', async () => {
    const server = await startNbdServe(folder, '--memory', '8T', ...THREADS);
    // It keeps the first thread: who comes beside it has the second.
    const other = await NbdClient.connect(server.uri);
    const io = async (...commands: string[]): Promise<void> => {
      const args = commands.flatMap((command) => ['-c', command]);
      expect(await run('qemu-io', '-f', 'raw', ...args, server.uri)).not.toMatch(/failed|error/i);
    };
    const at = 5 * 2 ** 40;
    await io(`write -P 7 ${at} 10M`, 'flush');
    expect((await other.read(at, 10 * MIB)).every((byte) => byte === 7)).toBe(true);
    await other.writeZeroes(at + MIB, 2 * MIB);
    await other.trim(at + 3 * MIB, 2 * MIB);
    await io(`read -P 7 ${at} 1M`, `read -P 0 ${at + MIB} 4M`, `read -P 7 ${at + 5 * MIB} 5M`);
    await other.write(at + MIB + 5, new Uint8Array(100).fill(9));
    await io(`read -P 9 ${at + MIB + 5} 100`, `read -P 0 ${at + MIB} 5`, `discard ${at} 10M`);
    expect((await other.read(at, 10 * MIB)).every((byte) => byte === 0)).toBe(true);
    await other.close();
    await server.stop();
  });
});

describeWith([['fio', '--enghelp=nbd']], 'fio', () => {
  test.each(['unix', 'tcp'] as const)('over %s: four connections, checksums', async (transport) => {
    const server = await serveDisk(folder, 'memory', transport, ...THREADS);
    const output = await run(
      'fio',
      ...['--name=verify', '--ioengine=nbd', `--uri=${server.uri}`, '--output-format=json', '--numjobs=4'],
      ...['--rw=randrw', '--bsrange=512-128k', '--blockalign=512', '--iodepth=32', '--size=8m'],
      ...['--offset_increment=8m', '--verify=crc32c', '--do_verify=1', '--verify_fatal=1', '--fsync=64'],
      '--verify_state_save=0',
    );
    const { jobs }: { jobs: { error: number }[] } = JSON.parse(output.slice(output.indexOf('{')));
    expect(jobs.map(({ error }) => error)).toEqual([0, 0, 0, 0]);
    expect(await server.stop()).toBe(0);
  });
});
