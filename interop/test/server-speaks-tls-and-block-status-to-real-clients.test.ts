import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { CertificateAuthority } from '@coaio/certificates';
import { type NbdBackend, type NbdExtent, NbdServer, TlsCredentials } from '@coaio/nbd-server';
import { expect, onTestFinished, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { outcome, run } from './support/run.js';
import { temporaryFolder } from './support/temporary-folder.js';

const MIB = 2 ** 20;
const SIZE = 8 * MIB;
const HOLE = 3;
const folder = temporaryFolder();

/** Data in the first and the last MiB. Its bytes are those of the first `size` of `bytes`. */
function sparseDisk(bytes: Uint8Array): NbdBackend {
  const isData = (at: number): boolean => at < MIB || at >= SIZE - MIB;
  return {
    size: SIZE,
    read: (offset, target) => target.set(bytes.subarray(offset, offset + target.length)),
    write: (offset, data) => bytes.set(data, offset),
    trim: (offset, length) => void bytes.fill(0, offset, offset + length),
    writeZeroes: (offset, length) => void bytes.fill(0, offset, offset + length),
    extents: (offset, length) => {
      const extents: NbdExtent[] = [];
      for (let at = offset; at < offset + length; at += MIB - (at % MIB)) {
        extents.push({ length: MIB - (at % MIB), status: isData(at) ? 0 : HOLE });
      }
      return extents;
    },
    metaContexts: new Map([['x-test:all', (_, length) => [{ length, status: 5 }]]]),
  };
}

function sparseBytes(): Uint8Array {
  const bytes = new Uint8Array(SIZE);
  bytes.set(randomBytes(MIB), 0);
  bytes.set(randomBytes(MIB), SIZE - MIB);
  return bytes;
}

async function served(backend: NbdBackend, server = new NbdServer()): Promise<string> {
  onTestFinished(() => server.close());
  server.addExport('', backend);
  return await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
}

/** A server that wants certificates of its clients, and the folder that they are in. */
async function tlsServer(): Promise<NbdServer> {
  const authority = await CertificateAuthority.create();
  const own = await authority.issue({ name: 'server', dns: ['localhost'], ip: ['127.0.0.1'] });
  const client = await authority.issue({ name: 'client' });
  await writeFile(`${folder}/ca-cert.pem`, authority.certificate);
  await writeFile(`${folder}/client-cert.pem`, client.certificate);
  await writeFile(`${folder}/client-key.pem`, client.key);
  const { certificate, key } = own;
  const credentials = TlsCredentials.x509({ ca: authority.certificate, certificate, key });
  return new NbdServer({ tls: { credentials, verifyPeer: true } });
}

describeWith(['nbdinfo', 'nbdcopy'], "libnbd's tools", () => {
  test('see the map of an export, in each of its contexts', async () => {
    const uri = await served(sparseDisk(sparseBytes()));
    expect(JSON.parse(await run('nbdinfo', '--map', '--json', uri))).toMatchObject([
      { offset: 0, length: MIB, type: 0 },
      { offset: MIB, length: SIZE - 2 * MIB, type: HOLE },
      { offset: SIZE - MIB, length: MIB, type: 0 },
    ]);
    expect(JSON.parse(await run('nbdinfo', '--map=x-test:all', '--json', uri))).toMatchObject([
      { offset: 0, length: SIZE, type: 5 },
    ]);
  });

  test('copy through TLS, both ways, with a certificate', async () => {
    const bytes = sparseBytes();
    const uri = `${await served(sparseDisk(bytes), await tlsServer())}?tls-certificates=${folder}`;
    await run('nbdcopy', uri, `${folder}/out.raw`);
    expect(Buffer.compare(await readFile(`${folder}/out.raw`), bytes)).toBe(0);
    await writeFile(`${folder}/in.raw`, randomBytes(SIZE));
    await run('nbdcopy', `${folder}/in.raw`, uri);
    expect(Buffer.compare(await readFile(`${folder}/in.raw`), bytes)).toBe(0);
  });

  test('are refused without TLS, and without a certificate', async () => {
    const server = await tlsServer();
    const uri = await served(sparseDisk(sparseBytes()), server);
    const plain = await outcome('nbdinfo', uri.replace('nbds:', 'nbd:'));
    expect(plain).toMatchObject({ status: 1, stderr: expect.stringMatching(/TLS|not supported/) });
    expect(await outcome('nbdinfo', uri)).toMatchObject({ status: 1 });
  });
});

describeWith(['qemu-img', 'qemu-io'], "QEMU's tools", () => {
  test('see the map, and what they zero and discard is zero', async () => {
    const bytes = sparseBytes();
    const uri = await served(sparseDisk(bytes));
    const map = JSON.parse(await run('qemu-img', 'map', '--output=json', '-f', 'raw', uri));
    expect(map.map(({ data, length }: { data: boolean; length: number }) => [data, length])).toEqual([
      [true, MIB],
      [false, SIZE - 2 * MIB],
      [true, MIB],
    ]);
    const commands = ['write -z 0 64k', 'write -z -u 64k 64k', 'discard 128k 64k', 'write -f -P 7 192k 4k'];
    const output = await run('qemu-io', '-f', 'raw', ...commands.flatMap((text) => ['-c', text]), uri);
    expect(output).not.toContain('failed');
    expect(bytes.subarray(0, 192 * 1024).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(192 * 1024, 196 * 1024).every((byte) => byte === 7)).toBe(true);
  });

  test('read through TLS', async () => {
    const bytes = sparseBytes();
    const uri = new URL(await served(sparseDisk(bytes), await tlsServer()));
    const credentials = `tls-creds-x509,id=tls,dir=${folder},endpoint=client`;
    const image = `driver=nbd,host=localhost,port=${uri.port},tls-creds=tls`;
    const convert = ['convert', '--object', credentials, '--image-opts', image, '-O', 'raw'];
    await run('qemu-img', ...convert, `${folder}/qemu.raw`);
    expect(Buffer.compare(await readFile(`${folder}/qemu.raw`), bytes)).toBe(0);
  });
});
