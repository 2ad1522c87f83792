import { NbdClient, NbdNegotiation } from '@coaio/nbd-client';
import { MemoryExport, NbdServer } from '@coaio/nbd-server';
import { describe, expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { EXPORT_SIZE, startNbdkit, startNbdServer, startQemuNbd } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { makeCredentials, SERVER_NAME, startOn, startTlsNbdkit } from './support/tls-servers.js';

const folder = temporaryFolder();
const size = BigInt(EXPORT_SIZE);

describeWith(['nbdkit'], 'nbdkit', () => {
  test('info and list tell size, flags, block sizes and contexts', async () => {
    const { uri } = await startNbdkit(folder);
    expect(await NbdClient.info(uri)).toMatchObject({
      export: { size, canFlush: true, canTrim: true, canDf: true },
      metaContexts: ['base:allocation'],
      structuredReplies: true,
      fixedNewstyle: true,
      tls: false,
    });
    expect(await NbdClient.list(uri, { describe: true })).toMatchObject([
      { name: '', info: { size }, metaContexts: ['base:allocation'] },
    ]);
  });

  test('oldstyle: info, and no list', async () => {
    const path = await startOn(folder, 'nbdkit', ['-f', '-U', 'SOCKET', '--oldstyle', 'memory', '1M']);
    const uri = `nbd+unix:///?socket=${path}`;
    expect(await NbdClient.info(uri)).toMatchObject({ export: { size: 1n << 20n }, fixedNewstyle: false });
    await expect(NbdClient.list(uri)).rejects.toMatchObject({ code: 'NBD_UNSUPPORTED' });
    const by = await NbdNegotiation.open(uri);
    const client = await by.go('');
    expect(await client.read(0, 512)).toEqual(Buffer.alloc(512));
    await client.close();
  });

  test('each option by hand', async () => {
    const { uri } = await startNbdkit(folder);
    const by = await NbdNegotiation.open(uri);
    expect(await by.list()).toMatchObject([{ name: '' }]);
    await by.structuredReply();
    expect(await by.listMetaContexts('', ['base:'])).toMatchObject([{ name: 'base:allocation' }]);
    expect(await by.setMetaContexts('', ['base:allocation'])).toMatchObject([{ name: 'base:allocation' }]);
    expect(await by.info('')).toMatchObject({ size });
    const client = await by.go('');
    await client.write(0, Buffer.from('by hand'));
    expect((await client.read(0, 7)).toString()).toBe('by hand');
    await client.close();

    const other = await NbdNegotiation.open(uri);
    const old = await other.exportName('');
    expect(old.structuredReplies).toBe(false);
    await old.close();
    await (await NbdNegotiation.open(uri)).abort();
  });

  test('and TLS', async () => {
    await makeCredentials(folder);
    const path = await startTlsNbdkit(folder, '--tls=require', `--tls-certificates=${folder}/pki`);
    const tls = { policy: 'allow', certificates: `${folder}/trusting`, hostname: SERVER_NAME } as const;
    const by = await NbdNegotiation.open({ uri: `nbd+unix:///?socket=${path}`, tls });
    await expect(by.list()).rejects.toMatchObject({ code: 'NBD_TLS_REQUIRED' });
    await by.startTls();
    expect(await by.list()).toHaveLength(1);
    const client = await by.go('');
    expect((await client.read(64, 8)).readBigUInt64BE()).toBe(64n);
    await client.close();
  });
});

describeWith(['qemu-nbd', 'qemu-img'], 'qemu-nbd', () => {
  test('info and list', async () => {
    const { uri } = await startQemuNbd(folder);
    expect(await NbdClient.info(uri)).toMatchObject({
      export: { size, blockSize: { advertised: true } },
      metaContexts: ['base:allocation'],
    });
    expect(await NbdClient.list(uri, { describe: true })).toMatchObject([{ name: '', info: { size } }]);
  });
});

describeWith(['nbd-server'], 'nbd-server', () => {
  test('info and list', async () => {
    const { uri } = await startNbdServer(folder);
    expect(await NbdClient.list(uri)).toMatchObject([{ name: 'disk' }]);
    // The size that it answers NBD_OPT_INFO with is 0: it opens the export only for NBD_OPT_GO.
    expect(await NbdClient.info(uri)).toMatchObject({
      export: { name: 'disk', canFlush: true, canFua: true },
    });
  });
});

describe('our own server', () => {
  test('info, list, and each option by hand', async () => {
    const server = new NbdServer();
    server.addExport('disk', new MemoryExport(2 ** 20), { description: 'a disk' });
    server.addExport('tape', new MemoryExport(512), { readOnly: true });
    const uri = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
    expect(await NbdClient.info({ uri, exportName: 'disk' })).toMatchObject({ export: { size: 1n << 20n } });
    expect(await NbdClient.list(uri, { describe: true })).toMatchObject([
      { name: 'disk', description: 'a disk', info: { size: 1n << 20n } },
      { name: 'tape', info: { size: 512n, readOnly: true } },
    ]);
    const by = await NbdNegotiation.open(uri);
    await by.structuredReply();
    expect(await by.info('tape')).toMatchObject({ readOnly: true });
    await expect(by.go('drum')).rejects.toMatchObject({ code: 'NBD_EXPORT_UNKNOWN' });
    const client = await by.go('disk');
    expect(await client.read(0, 4)).toEqual(Buffer.alloc(4));
    await client.close();
    await server.close();
  });
});
