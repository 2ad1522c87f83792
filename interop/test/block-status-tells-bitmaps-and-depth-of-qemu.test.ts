import { NbdClient } from '@coaio/nbd-client';
import { NBD_STATE_DIRTY, NBD_STATE_HOLE, NBD_STATE_ZERO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { run } from './support/run.js';
import { startQemuNbdWith } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

const MIB = 1 << 20;
const ZEROES = NBD_STATE_HOLE | NBD_STATE_ZERO;

describeWith(['qemu-nbd', 'qemu-img', 'qemu-io'], 'qemu-nbd', () => {
  const folder = temporaryFolder();

  test('allocation, a dirty bitmap and the depth, all of one request', async () => {
    const base = `${folder}/base.qcow2`;
    const top = `${folder}/top.qcow2`;
    await run('qemu-img', 'create', '-q', '-f', 'qcow2', base, '16M');
    await run('qemu-io', '-f', 'qcow2', '-c', 'write -P 1 0 2M', base);
    await run('qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, top);
    await run('qemu-img', 'bitmap', '--add', '-f', 'qcow2', top, 'since-monday');
    await run('qemu-io', '-f', 'qcow2', '-c', 'write -P 2 1M 1M', '-c', 'write -P 3 8M 1M', top);

    const dirty = 'qemu:dirty-bitmap:since-monday';
    const depth = 'qemu:allocation-depth';
    const server = await startQemuNbdWith(folder, '-r', '-A', '-B', 'since-monday', '-f', 'qcow2', top);
    await using client = await NbdClient.connect({
      uri: server.uri,
      metaContexts: ['base:allocation', dirty, depth],
    });
    expect([...client.metaContexts].sort()).toEqual(['base:allocation', depth, dirty]);
    const status = await client.blockStatus(0, 16 * MIB);
    expect(status.get('base:allocation')).toEqual([
      { length: 2 * MIB, status: 0 },
      { length: 6 * MIB, status: ZEROES },
      { length: MIB, status: 0 },
      { length: 7 * MIB, status: ZEROES },
    ]);
    expect(status.get(dirty)).toEqual([
      { length: MIB, status: 0 },
      { length: MIB, status: NBD_STATE_DIRTY },
      { length: 6 * MIB, status: 0 },
      { length: MIB, status: NBD_STATE_DIRTY },
      { length: 7 * MIB, status: 0 },
    ]);
    expect(status.get(depth)).toEqual([
      { length: MIB, status: 2 },
      { length: MIB, status: 1 },
      { length: 6 * MIB, status: 0 },
      { length: MIB, status: 1 },
      { length: 7 * MIB, status: 0 },
    ]);
    await client.close();
    await server.stop();
  });

  test('a context that the server has not is left out, and refused when asked for', async () => {
    const image = `${folder}/plain.qcow2`;
    await run('qemu-img', 'create', '-q', '-f', 'qcow2', image, '1M');
    const server = await startQemuNbdWith(folder, '-r', '-f', 'qcow2', image);
    await using client = await NbdClient.connect({
      uri: server.uri,
      metaContexts: ['base:allocation', 'qemu:dirty-bitmap:none'],
    });
    expect(client.metaContexts).toEqual(['base:allocation']);
    await expect(client.blockStatus(0, MIB, { contexts: ['qemu:dirty-bitmap:none'] })).rejects.toMatchObject({
      code: 'NBD_NOT_OFFERED',
      message: expect.stringContaining('none'),
    });
    await client.close();
    await server.stop();
  });
});
