import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { run } from './support/run.js';
import { type DiskKind, serveDisk, type Transport } from './support/served-disks.js';
import { temporaryFolder } from './support/temporary-folder.js';

const folder = temporaryFolder();

interface FioJob {
  error: number;
  write: { total_ios: number };
  read: { total_ios: number };
}

describeWith([['fio', '--enghelp=nbd']], 'fio', () => {
  // Its engine cannot be told of certificates.
  test.each<[DiskKind, Transport]>([
    ['memory', 'unix'],
    ['memory', 'tcp'],
    ['file', 'unix'],
    ['file', 'tcp'],
  ])('%s over %s: two connections, blocks of every size, checksums', async (kind, transport) => {
    const server = await serveDisk(folder, kind, transport);
    const output = await run(
      'fio',
      ...['--name=verify', '--ioengine=nbd', `--uri=${server.uri}`, '--output-format=json', '--numjobs=2'],
      ...['--rw=randrw', '--bsrange=512-128k', '--blockalign=512', '--iodepth=32', '--size=16m'],
      ...['--offset_increment=16m', '--verify=crc32c', '--do_verify=1', '--verify_fatal=1', '--fsync=64'],
    );
    const { jobs }: { jobs: FioJob[] } = JSON.parse(output.slice(output.indexOf('{')));
    expect(jobs.map(({ error }) => error)).toEqual([0, 0]);
    for (const { write, read } of jobs)
      expect(Math.min(write.total_ios, read.total_ios)).toBeGreaterThan(100);
    expect(await server.stop()).toBe(0);
  });
});
