// A message there and back over TLS 1.3 on a Unix socket, both ends in this thread: our channels beside plain `node:tls` sockets.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { CertificateAuthority } from '@coaio/certificates';
import { coRun } from '@coaio/coroutine';
import { QIOChannelSocket, QIOChannelTls, QIONetListener, TlsCredentials } from '@coaio/qio-channel';

const HOSTNAME = 'server.test';

/** @type {import('@coaio/by-turns').Group[]} */
export const tlsEchoGroups = Object.entries({ '4 KiB': 4 << 10, '1 MiB': 1 << 20 }).map(([title, size]) => ({
  name: `TLS echo of ${title}`,
  unit: 'us',
  prepare: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coaio-bench-'));
    const authority = await CertificateAuthority.create();
    const pem = { ca: authority.certificate, issued: await authority.issue({ dns: [HOSTNAME] }) };
    const ours = await channels(join(folder, 'channels'), pem);
    const plain = await sockets(join(folder, 'sockets'), pem);
    return {
      cases: [
        { name: 'QIOChannelTls', ours: true, run: (times) => channelEchoes(ours.channel, size, times) },
        { name: 'node:tls', run: (times) => socketEchoes(plain.socket, size, times) },
      ],
      close: async () => {
        ours.close();
        plain.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
}));

/** @typedef {{ ca: string, issued: { certificate: string, key: string } }} Pem */

/**
 * @param {string} path
 * @param {Pem} pem
 */
async function channels(path, { ca, issued }) {
  const listener = await QIONetListener.open({ type: 'unix', path });
  listener.setClientFunc((accepted) => {
    const credentials = TlsCredentials.x509({ certificate: issued.certificate, key: issued.key });
    void coRun(function* () {
      const channel = yield* QIOChannelTls.server(accepted, { credentials });
      const buffer = new Uint8Array(64 << 10);
      for (;;) {
        const count = yield* channel.readv([buffer]);
        if (count === 0) break;
        yield* channel.writevAll([buffer.subarray(0, count)]);
      }
      channel.close();
    });
  });
  const channel = await QIOChannelTls.promises.client(
    await QIOChannelSocket.connect({ type: 'unix', path }),
    {
      credentials: TlsCredentials.x509({ ca }),
      hostname: HOSTNAME,
    },
  );
  const close = () => {
    channel.close();
    void listener.disconnect();
  };
  return { channel, close };
}

/**
 * @param {QIOChannelTls} channel
 * @param {number} size
 * @param {number} times
 */
async function channelEchoes(channel, size, times) {
  const message = [new Uint8Array(size)];
  const answer = [new Uint8Array(size)];
  const writing = coRun(function* () {
    if (size > 64 << 10) for (let i = 0; i < times; i++) yield* channel.writevAll(message);
  });
  await coRun(function* () {
    for (let i = 0; i < times; i++) {
      if (size <= 64 << 10) yield* channel.writevAll(message);
      yield* channel.readvAll(answer);
    }
  });
  await writing;
}

/**
 * @param {string} path
 * @param {Pem} pem
 */
async function sockets(path, { ca, issued }) {
  const server = tls.createServer({ cert: issued.certificate, key: issued.key }, (peer) => {
    peer.pipe(peer);
    peer.on('error', () => {});
  });
  server.listen(path);
  await once(server, 'listening');
  const socket = tls.connect({ path, ca, servername: HOSTNAME });
  await once(socket, 'secureConnect');
  const close = () => {
    socket.destroy();
    server.close();
  };
  return { socket, close };
}

/**
 * @param {tls.TLSSocket} socket
 * @param {number} size
 * @param {number} times
 * @returns {Promise<void>}
 */
function socketEchoes(socket, size, times) {
  const message = new Uint8Array(size);
  return new Promise((resolve) => {
    let left = times;
    let missing = size;
    const echoed = (/** @type {Buffer} */ chunk) => {
      missing -= chunk.length;
      if (missing > 0) return;
      missing = size;
      if (--left > 0) socket.write(message);
      else {
        socket.off('data', echoed);
        resolve();
      }
    };
    socket.on('data', echoed);
    socket.write(message);
  });
}
