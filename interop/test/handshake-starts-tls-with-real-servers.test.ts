import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import {
  ClientHandshake,
  type ClientHandshakeEvent,
  type NbdTlsPolicy,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import { expect, onTestFinished, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { temporaryFolder } from './support/temporary-folder.js';

// The handshake alone, over Node's own TLS: what the servers of QEMU and libnbd make of our STARTTLS, and we of theirs.

const folder = temporaryFolder();
const CA = ['cn = "Test CA"', 'ca', 'cert_signing_key'];
const SERVER = [
  'cn = "localhost"',
  'dns_name = "localhost"',
  'tls_www_server',
  'signing_key',
  'encryption_key',
];

function makeCertificates(): void {
  const certtool = (...args: string[]): void => {
    execFileSync('certtool', args, { cwd: folder, stdio: 'ignore' });
  };
  writeFileSync(`${folder}/ca.info`, CA.join('\n'));
  writeFileSync(`${folder}/server.info`, SERVER.join('\n'));
  for (const name of ['ca', 'server']) certtool('--generate-privkey', '--outfile', `${name}-key.pem`);
  const ca = ['--load-privkey', 'ca-key.pem', '--template', 'ca.info', '--outfile', 'ca-cert.pem'];
  certtool('--generate-self-signed', ...ca);
  const signed = ['--load-ca-certificate', 'ca-cert.pem', '--load-ca-privkey', 'ca-key.pem'];
  const server = ['--load-privkey', 'server-key.pem', '--template', 'server.info', '--outfile'];
  certtool('--generate-certificate', ...signed, ...server, 'server-cert.pem');
}

let started = 0;

/** Starts a server that is told its socket in place of SOCKET. A refused connection means that it is not there yet. */
async function connectTo(command: readonly string[]): Promise<Socket> {
  const path = `${folder}/${++started}.sock`;
  const [name = '', ...args] = command.map((word) => word.replace('SOCKET', path));
  const child = spawn(name, args, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  while (child.exitCode === null) {
    const socket = connect(path);
    const arrived = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    if (arrived) return socket;
    await delay(20);
  }
  throw new Error(`${name} ended with status ${child.exitCode}`);
}

/** The types of the events on the way, and the last event. */
async function shakeHands(
  socket: Socket,
  tls: NbdTlsPolicy,
): Promise<{ types: string[]; last: ClientHandshakeEvent }> {
  const handshake = new ClientHandshake({ goal: 'go', exportName: 'disk', tls });
  const types: string[] = [];
  let channel = socket;
  for (;;) {
    const event = handshake.nextEvent();
    const outgoing = handshake.takeOutgoing();
    if (outgoing.length > 0) channel.write(outgoing);
    if (event === NEED_MORE) {
      const [bytes] = (await once(channel, 'data')) as [Uint8Array];
      channel.pause();
      handshake.receive(bytes);
      channel.resume();
      continue;
    }
    types.push(event.type);
    if (event.type !== 'starttls') {
      channel.destroy();
      return { types, last: event };
    }
    const inside = connectTls({ socket, ca: readFileSync(`${folder}/ca-cert.pem`), servername: 'localhost' });
    await once(inside, 'secureConnect');
    channel = inside;
    handshake.tlsStarted();
  }
}

describeWith(['certtool', 'nbdkit', 'qemu-nbd', 'qemu-img'], 'TLS', () => {
  let ready = false;
  const server = (kind: string): string[] => {
    if (!ready) {
      makeCertificates();
      execFileSync('qemu-img', ['create', '-q', '-f', 'raw', `${folder}/disk.raw`, '1M']);
      ready = true;
    }
    const nbdkit = ['nbdkit', '-f', '-U', 'SOCKET', `--tls-certificates=${folder}`, `--tls=${kind}`];
    if (kind !== 'qemu-nbd') return [...nbdkit, 'memory', '1M'];
    const credentials = `tls-creds-x509,id=tls,endpoint=server,dir=${folder},verify-peer=no`;
    const image = ['-f', 'raw', '-x', 'disk', `${folder}/disk.raw`];
    return ['qemu-nbd', '-t', '-k', 'SOCKET', '--object', credentials, '--tls-creds', 'tls', ...image];
  };

  test.each<[string, NbdTlsPolicy, readonly string[], object]>([
    ['require', 'require', ['starttls', 'ready'], { tls: true, structuredReplies: true }],
    ['require', 'allow', ['starttls', 'ready'], { tls: true }],
    ['require', 'disable', ['refused'], { error: { code: 'NBD_TLS_REQUIRED' } }],
    ['on', 'allow', ['starttls', 'ready'], { tls: true }],
    ['on', 'disable', ['ready'], { tls: false }],
    ['off', 'require', ['refused'], { error: { code: 'NBD_TLS_UNAVAILABLE' } }],
    ['off', 'allow', ['ready'], { tls: false }],
    ['qemu-nbd', 'require', ['starttls', 'ready'], { tls: true, export: { name: 'disk' } }],
    ['qemu-nbd', 'disable', ['refused'], { error: { code: 'NBD_TLS_REQUIRED' } }],
  ])('server %s, client %s', async (kind, policy, expected, last) => {
    const outcome = await shakeHands(await connectTo(server(kind)), policy);
    expect(outcome.types).toEqual(expected);
    expect(outcome.last).toMatchObject(last);
  });
});
