import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NbdClient, type NbdClientOptions, type NbdTlsOptions } from '@coaio/nbd-client';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { freePort } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { makeCredentials, SERVER_NAME, startTlsNbdkit, startTlsQemuNbd } from './support/tls-servers.js';

const folder = temporaryFolder();
const hostname = SERVER_NAME;
const pki = `${folder}/pki`;
const trusting = `${folder}/trusting`;
const stranger = `${folder}/stranger`;
const keys = `${folder}/psk/keys.psk`;
const nbdkitX509 = ['--tls=require', `--tls-certificates=${pki}`];
const nbdkitPsk = ['--tls=require', `--tls-psk=${keys}`];
const qemuX509 = `tls-creds-x509,dir=${pki}`;

/** Writes or reads through `client`, so that TLS has more to do than the handshake. */
async function exercise(client: NbdClient): Promise<void> {
  const length = 1 << 20;
  if (client.info.name === 'disk') {
    const data = Buffer.alloc(length, 'some data');
    await client.write(4096, data, { fua: true });
    expect((await client.read(4096, length)).equals(data)).toBe(true);
    await client.flush();
  } else {
    const data = await client.read(4096, length);
    for (let at = 0; at < length; at += 4096) expect(data.readBigUInt64BE(at)).toBe(BigInt(4096 + at));
  }
}

async function works(target: string | NbdClientOptions): Promise<void> {
  const client = await NbdClient.connect({
    openTimeoutMs: 10_000,
    ...(typeof target === 'string' ? { uri: target } : target),
  });
  await exercise(client);
  await client.close();
}

const failure = (target: string | NbdClientOptions): Promise<unknown> =>
  NbdClient.connect(target).then(
    async (client) => {
      await client.close();
      return 'connected';
    },
    (error: unknown) => error,
  );

const unix = (path: string, tls: NbdTlsOptions, exportName = ''): NbdClientOptions => ({
  address: { type: 'unix', path },
  exportName,
  tls,
});

describeWith(['nbdkit', 'qemu-nbd', 'qemu-img', 'psktool'], 'TLS', () => {
  beforeAll(() => makeCredentials(folder));

  describe.each([
    ['nbdkit', '', () => startTlsNbdkit(folder, ...nbdkitX509)],
    ['qemu-nbd', 'disk', () => startTlsQemuNbd(folder, `${qemuX509},verify-peer=no`)],
  ] as const)('certificates of %s', (_name, exportName, start) => {
    test('the folder, by options and by URI', async () => {
      const path = await start();
      await works(unix(path, { certificates: trusting, hostname }, exportName));
      await works(
        `nbds+unix:///${exportName}?socket=${path}&tls-certificates=${trusting}&tls-hostname=${hostname}`,
      );
      await works(
        `nbds+unix:///${exportName}?socket=${path}&tls-type=x509&tls-verify-peer=0&tls-certificates=${trusting}`,
      );
      await works({ uri: `nbd+unix:///${exportName}?socket=${path}`, tls: { certificates: pki, hostname } });
    });

    test('over a channel of the caller’s', async () => {
      const path = await start();
      const channel = await QIOChannelSocket.connect({ type: 'unix', path });
      await works({ channel, exportName, tls: { certificates: trusting, hostname } });
    });

    test('another authority, another name, none', async () => {
      const path = await start();
      const by = (tls: NbdTlsOptions) => failure(unix(path, tls, exportName));
      expect(await by({ certificates: stranger, hostname })).toMatchObject({ code: 'NBD_TLS_UNTRUSTED' });
      expect(await by({ hostname })).toMatchObject({ code: 'NBD_TLS_UNTRUSTED' });
      expect(await by({ certificates: trusting, hostname: 'other' })).toMatchObject({
        code: 'NBD_TLS_HOSTNAME',
      });
      expect(await by({ certificates: trusting })).toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
      // It has got over all that.
      await works(unix(path, { certificates: trusting, hostname }, exportName));
    });

    test('plain text is refused', async () => {
      const path = await start();
      const uri = `nbd+unix:///${exportName}?socket=${path}`;
      expect(await failure(uri)).toMatchObject({ code: 'NBD_TLS_REQUIRED', fault: 'server' });
      const allow = { policy: 'allow', certificates: trusting, hostname } as const;
      await works({ uri, tls: allow });
    });

    test('list and info', async () => {
      const target = unix(await start(), { certificates: trusting, hostname }, exportName);
      expect(await NbdClient.list(target, { describe: true })).toMatchObject([
        { name: exportName, info: { name: exportName } },
      ]);
      expect(await NbdClient.info(target)).toMatchObject({ tls: true, structuredReplies: true });
    });
  });

  describe.each([
    ['nbdkit', '', () => startTlsNbdkit(folder, ...nbdkitX509, '--tls-verify-peer')],
    ['qemu-nbd', 'disk', () => startTlsQemuNbd(folder, `${qemuX509},verify-peer=yes`)],
  ] as const)('%s demands a certificate of ours', (_name, exportName, start) => {
    test('we have one, or not', async () => {
      const path = await start();
      await works(unix(path, { certificates: pki, hostname }, exportName));
      const error = await failure(unix(path, { certificates: trusting, hostname }, exportName));
      expect(error).toMatchObject({ code: expect.stringMatching(/^NBD_(TLS_|CONNECT_FAILED)/) });
    });
  });

  describe.each([
    ['nbdkit', '', () => startTlsNbdkit(folder, ...nbdkitPsk)],
    ['qemu-nbd', 'disk', () => startTlsQemuNbd(folder, `tls-creds-psk,dir=${folder}/psk`)],
  ] as const)('keys of %s', (_name, exportName, start) => {
    test('file, folder, key and URI', async () => {
      const path = await start();
      await works(unix(path, { psk: keys, username: 'alice' }, exportName));
      await works(unix(path, { certificates: `${folder}/psk` }, exportName));
      const [, hex = ''] = /^alice:(.*)$/m.exec(readFileSync(keys, 'utf8')) ?? [];
      await works(unix(path, { psk: { identity: 'alice', key: Buffer.from(hex, 'hex') } }, exportName));
      await works(`nbds+unix://alice@/${exportName}?socket=${path}&tls-psk-file=${keys}`);
      await works(`nbds+unix:///${exportName}?socket=${path}&tls-type=psk&tls-certificates=${folder}/psk`);
    });

    test('a wrong one, and nobody it knows', async () => {
      const path = await start();
      for (const identity of ['alice', 'bob']) {
        const psk = { identity, key: Buffer.alloc(32, 7) };
        const error = await failure(unix(path, { psk }, exportName));
        expect(error).toMatchObject({ name: 'NbdTlsError', fault: 'peer' });
      }
    });

    test('certificates are of no use there', async () => {
      const error = await failure(unix(await start(), { certificates: trusting, hostname }, exportName));
      expect(error).toMatchObject({ name: 'NbdTlsError', fault: 'peer' });
    });
  });

  describe('policies', () => {
    const tls = { certificates: trusting, hostname };
    test('a server without TLS', async () => {
      const path = await startTlsNbdkit(folder, '--tls=off');
      expect(await failure(unix(path, tls))).toMatchObject({ code: 'NBD_TLS_UNAVAILABLE' });
      const uri = `nbds+unix:///?socket=${path}&tls-certificates=${trusting}&tls-hostname=${hostname}`;
      expect(await failure(uri)).toMatchObject({ code: 'NBD_TLS_UNAVAILABLE' });
      await works(unix(path, { ...tls, policy: 'allow' }));
      await works(unix(path, { ...tls, policy: 'disable' }));
      expect(await NbdClient.info(unix(path, { ...tls, policy: 'allow' }))).toMatchObject({ tls: false });
    });

    test('a server that leaves it to us', async () => {
      const path = await startTlsNbdkit(folder, '--tls=on', `--tls-certificates=${pki}`);
      for (const [policy, inside] of [
        ['disable', false],
        ['allow', true],
        ['require', true],
      ] as const) {
        expect(await NbdClient.info(unix(path, { ...tls, policy }))).toMatchObject({ tls: inside });
        await works(unix(path, { ...tls, policy }));
      }
      // Allowed to go without is not allowed to believe anybody.
      const distrustful = { certificates: stranger, hostname, policy: 'allow' } as const;
      expect(await failure(unix(path, distrustful))).toMatchObject({ code: 'NBD_TLS_UNTRUSTED' });
    });

    test('an oldstyle server', async () => {
      const path = await startTlsNbdkit(folder, '--oldstyle', '--tls=off');
      expect(await failure(unix(path, tls))).toMatchObject({ code: 'NBD_TLS_UNAVAILABLE' });
      await works(unix(path, { ...tls, policy: 'allow' }));
    });
  });

  test('over TCP the host is what the certificate must be for', async () => {
    const port = await freePort();
    const args = ['-f', '-i', '127.0.0.1', '-p', String(port), ...nbdkitX509, 'pattern', '64M'];
    const child = spawn('nbdkit', args, { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    while (!(await reachable(port))) await delay(20);
    await works(`nbds://127.0.0.1:${port}/?tls-certificates=${trusting}`);
    expect(await failure(`nbds://localhost:${port}/?tls-certificates=${trusting}`)).toMatchObject({
      code: 'NBD_TLS_HOSTNAME',
      message: expect.stringContaining('"localhost"'),
    });
    await works(`nbds://localhost:${port}/?tls-certificates=${trusting}&tls-hostname=${hostname}`);
  });
});

function reachable(port: number): Promise<boolean> {
  const probe = connectTcp({ host: '127.0.0.1', port });
  return new Promise((resolve) => {
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => probe.destroy()) as Promise<boolean>;
}
