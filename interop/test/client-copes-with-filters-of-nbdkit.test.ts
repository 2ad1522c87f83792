import { renameSync } from 'node:fs';
import { NbdClient } from '@coaio/nbd-client';
import { parseNbdUri } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { startNbdkitWith } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

describeWith(['nbdkit'], 'nbdkit', () => {
  const folder = temporaryFolder();

  test('error: about half of the reads fail, each alone, with its errno', async () => {
    const server = await startNbdkitWith(
      folder,
      '--filter=error',
      'pattern',
      '1M',
      'error-pread=ENOSPC',
      'error-pread-rate=50%',
    );
    await using client = await NbdClient.connect(server.uri);
    const reads = await Promise.allSettled(
      Array.from({ length: 256 }, (_, index) => client.read(index * 4096, 4096)),
    );
    let failed = 0;
    for (const [index, read] of reads.entries()) {
      if (read.status === 'rejected') {
        failed++;
        expect(read.reason).toMatchObject({
          code: 'NBD_SERVER_ERROR',
          errno: 'ENOSPC',
          offset: index * 4096,
        });
      } else expect(read.value.readBigUInt64BE(0)).toBe(BigInt(index * 4096));
    }
    expect(failed).toBeGreaterThan(64);
    expect(failed).toBeLessThan(192);
    expect(client.statistics).toMatchObject({ requests: 256, errors: failed, connections: 1 });
    await client.close();
    await server.stop();
  });

  test('delay: a request ends at its deadline, its late answer hurts nobody', async () => {
    const server = await startNbdkitWith(
      folder,
      '--filter=delay',
      'pattern',
      '1M',
      'delay-write=0',
      'rdelay=300ms',
    );
    await using client = await NbdClient.connect(server.uri);
    const signal = AbortSignal.timeout(50);
    const [late, aborted, patient] = await Promise.allSettled([
      client.read(0, 4096, { timeoutMs: 50 }),
      client.read(4096, 4096, { signal }),
      client.read(8192, 4096),
    ]);
    expect(late).toMatchObject({ reason: { code: 'NBD_TIMEOUT', timeoutMs: 50 } });
    expect(aborted).toMatchObject({ reason: signal.reason });
    expect(patient.status).toBe('fulfilled');
    expect((await client.read(12_288, 8)).readBigUInt64BE(0)).toBe(12_288n);
    await client.close();
    await server.stop();
  });

  test('blocksize-policy: what is not aligned is read round, and written only if that was asked for', async () => {
    const server = await startNbdkitWith(
      folder,
      '--filter=blocksize-policy',
      'memory',
      '1M',
      'blocksize-minimum=4096',
      'blocksize-maximum=65536',
      'blocksize-error-policy=error',
    );
    await using client = await NbdClient.connect({ uri: server.uri, readModifyWrite: true });
    expect(client.info.blockSize).toMatchObject({ minimum: 4096, maximum: 65_536 });
    const data = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
    await client.write(777, data);
    expect((await client.read(777, data.length)).equals(data)).toBe(true);
    expect([...(await client.read(770, 8))]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    await client.close();

    await using careful = await NbdClient.connect(server.uri);
    await expect(careful.write(777, data)).rejects.toMatchObject({ code: 'NBD_UNALIGNED' });
    await careful.close();

    await using loose = await NbdClient.connect({ uri: server.uri, strict: { alignment: false } });
    await expect(loose.read(777, 1)).rejects.toMatchObject({ errno: 'EINVAL' });
    await loose.close();
    await server.stop();
  });

  test('exitlast: the last close ends the server', async () => {
    const server = await startNbdkitWith(folder, '--filter=exitlast', 'memory', '1M');
    // The probe that found it listening was a client: it may have ended it already.
    const client = await NbdClient.connect(server.uri).catch(() => undefined);
    await client?.close();
    expect(await server.stop()).toBe(0);
  });

  test('rate: a slow server is only slow', async () => {
    const server = await startNbdkitWith(folder, '--filter=rate', 'pattern', '1M', 'rate=8M');
    await using client = await NbdClient.connect(server.uri);
    const data = await client.read(0, 1 << 20);
    for (let at = 0; at < data.length; at += 65_536) expect(data.readBigUInt64BE(at)).toBe(BigInt(at));
    await client.close();
    await server.stop();
  });

  test('a server that comes later is waited for', async () => {
    const server = await startNbdkitWith(folder, 'memory', '1M');
    const { where } = parseNbdUri(server.uri);
    const path = where.type === 'unix' ? where.path : '';
    let failures = 0;
    await using client = await NbdClient.connect({
      uri: `nbd+unix:///?socket=${folder}/later.sock`,
      waitForServer: true,
      onEvent: ({ type }) => {
        if (type === 'connect-failed' && failures++ === 0) renameSync(path, `${folder}/later.sock`);
      },
    });
    expect(failures).toBe(1);
    await client.close();
    await server.stop();
  });
});
