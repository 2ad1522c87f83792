import { mkdir, mkdtemp, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CertificateAuthority } from '@coaio/certificates';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { outcome, run } from './support/run.js';
import { type RunningServer, started } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

const manifest = createRequire(import.meta.url).resolve('@coaio/examples/package.json');

/** Runs an example as its header says. @returns what it printed */
const example = (name: string, ...args: string[]): Promise<string> =>
  run(process.execPath, join(dirname(manifest), 'dist', `${name}.js`), ...args);

describeWith(['qemu-nbd', 'qemu-img', 'qemu-io'], 'with qemu-nbd', () => {
  const folder = temporaryFolder();

  /** A qcow2 image of 32 MiB with some data, some of it zeroes. */
  async function image(): Promise<{
    disk: string;
    raw: string;
    serve: (...args: string[]) => Promise<RunningServer>;
  }> {
    const own = await mkdtemp(join(folder, 'image-'));
    const disk = `${own}/disk.qcow2`;
    await run('qemu-img', 'create', '-q', '-f', 'qcow2', disk, '32M');
    const writes = ['write -P 1 0 64k', 'write -P 2 5M 300k', 'write -z 6M 1M', 'write -P 3 33488896 65536'];
    await run('qemu-io', ...writes.flatMap((write) => ['-c', write]), disk);
    const serve = (...args: string[]): Promise<RunningServer> =>
      started(`${own}/nbd.sock`, 'qemu-nbd', [
        ...['--read-only', '--persistent', '--format', 'qcow2', '--socket', `${own}/nbd.sock`],
        ...args,
        disk,
      ]);
    return { disk, raw: `${own}/disk.raw`, serve };
  }

  const compare = (disk: string, raw: string): Promise<string> =>
    run('qemu-img', 'compare', '-f', 'qcow2', '-F', 'raw', disk, raw);

  test('sparse-copy: byte for byte the disk, and as sparse', async () => {
    const { disk, raw, serve } = await image();
    const server = await serve();
    expect(await example('sparse-copy', server.uri, raw)).toMatch(/^\d+ of 33554432 bytes copied\n$/);
    await server.stop();
    expect(await compare(disk, raw)).toBe('Images are identical.\n');
    const { size, blocks } = await stat(raw);
    expect(size).toBe(32 << 20);
    // Of 32 MiB less than 0.5 MiB is data.
    expect(blocks * 512).toBeLessThan(1 << 20);
  });

  test('incremental-backup: the old copy and what the bitmap has make the disk', async () => {
    const { disk, raw, serve } = await image();
    await run('qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', disk, raw);
    await run('qemu-img', 'bitmap', '--add', disk, 'monday');
    await run(
      'qemu-io',
      '-c',
      'write -P 9 5M 64k',
      '-c',
      'write -z 0 64k',
      '-c',
      'write -P 8 20M 128k',
      disk,
    );
    const server = await serve('--bitmap', 'monday');
    expect(await example('incremental-backup', server.uri, 'monday', raw)).toBe(
      '262144 of 33554432 bytes were written since\n',
    );
    const other = await outcome(
      process.execPath,
      join(dirname(manifest), 'dist/incremental-backup.js'),
      server.uri,
      'tuesday',
      raw,
    );
    await server.stop();
    expect(await compare(disk, raw)).toBe('Images are identical.\n');
    expect(other.status).not.toBe(0);
    expect(other.stderr).toContain('NBD_NOT_OFFERED');
  });
});

describeWith(['nbdkit'], 'with nbdkit', () => {
  const folder = temporaryFolder();

  test('copy-export: the other server has the same', async () => {
    const serve = (name: string, ...args: string[]): Promise<RunningServer> =>
      started(`${folder}/${name}.sock`, 'nbdkit', ['-f', '-U', `${folder}/${name}.sock`, ...args]);
    const from = await serve('from', 'data', '@0x100000 "hello" @3000001 "world"', 'size=4M');
    const to = await serve('to', 'memory', '5M');
    expect(await example('copy-export', from.uri, to.uri)).toMatch(
      /^4194304 bytes copied, \d+ of them data\n$/,
    );
    await using source = await NbdClient.connect(from.uri);
    await using target = await NbdClient.connect(to.uri);
    const data = await source.read(0, 4 << 20);
    expect(data.subarray(3000001, 3000006).toString()).toBe('world');
    expect(Buffer.compare(data, await target.read(0, 4 << 20))).toBe(0);
    expect((await target.read(4 << 20, 1 << 20)).every((byte) => byte === 0)).toBe(true);
  });

  test('connect-over-tls: the size, or what is wrong with the certificates', async () => {
    const authority = await CertificateAuthority.create();
    const server = await authority.issue({ name: 'server', dns: ['server.test'] });
    const pki = `${folder}/pki`;
    const others = `${folder}/others`;
    await mkdir(pki);
    await mkdir(others);
    await writeFile(`${pki}/ca-cert.pem`, authority.certificate);
    await writeFile(`${pki}/server-cert.pem`, server.certificate);
    await writeFile(`${pki}/server-key.pem`, server.key);
    await writeFile(`${others}/ca-cert.pem`, (await CertificateAuthority.create('another')).certificate);
    const socket = `${folder}/tls.sock`;
    const tls = ['--tls=require', `--tls-certificates=${pki}`];
    await started(socket, 'nbdkit', ['-f', '-U', socket, ...tls, 'memory', '1M']);
    const uri = `nbds+unix:///?socket=${socket}&tls-hostname=server.test`;
    expect(await example('connect-over-tls', uri, pki)).toBe('1048576 bytes, over TLS\n');
    const refused = await outcome(
      process.execPath,
      join(dirname(manifest), 'dist/connect-over-tls.js'),
      uri,
      others,
    );
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringMatching(/^NBD_TLS_UNTRUSTED: /) });
  });
});
