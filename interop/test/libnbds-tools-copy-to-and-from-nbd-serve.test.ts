import { readFile, stat } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { run } from './support/run.js';
import { COMBINATIONS, coversTheData, serveDisk, sparseImage } from './support/served-disks.js';
import { NBD_SERVE } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { makeCredentials } from './support/tls-servers.js';

const MIB = 2 ** 20;
const folder = temporaryFolder();

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

  test.each(COMBINATIONS)('%s over %s: four connections, sparse both ways', async (kind, transport) => {
    const server = await serveDisk(folder, kind, transport);
    const fast = ['--connections=4', '--requests=16', '--request-size=262144', '--flush'];
    const back = `${folder}/${kind}-${transport}.raw`;
    await run('nbdcopy', ...fast, `${folder}/image.raw`, server.uri);
    const map: MapEntry[] = JSON.parse(await run('nbdinfo', '--map', '--json', server.uri));
    expect(map.reduce((end, { offset, length }) => (offset === end ? end + length : Number.NaN), 0)).toBe(
      64 * MIB,
    );
    const data = map.filter(({ type }) => type === 0);
    expect(coversTheData(data)).toBe(true);
    await run('nbdcopy', ...fast, server.uri, back);
    expect(Buffer.compare(await readFile(back), await readFile(`${folder}/image.raw`))).toBe(0);
    expect((await stat(back)).blocks * 512).toBeLessThan(8 * MIB);
    // Whether the holes of a file can be known is up to its file system.
    if (kind === 'memory') expect(data.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(8 * MIB);
    expect(await server.stop()).toBe(0);
  });

  test('starts it, and tells it by its sockets', async () => {
    const command = ['[', process.execPath, NBD_SERVE, '--file', `${folder}/image.raw`, '--read-only', ']'];
    expect(await run('nbdinfo', '--size', '--', ...command)).toBe(`${64 * MIB}\n`);
    await run('nbdcopy', '--', ...command, `${folder}/started.raw`);
    const stdio = command.toSpliced(-1, 0, '--stdio');
    await run('nbdcopy', '--', ...stdio, `${folder}/stdio.raw`);
    const image = await readFile(`${folder}/image.raw`);
    for (const name of ['started', 'stdio']) {
      expect(Buffer.compare(await readFile(`${folder}/${name}.raw`), image)).toBe(0);
    }
  });
});
