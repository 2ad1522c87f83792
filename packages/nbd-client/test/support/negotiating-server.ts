import { CertificateAuthority } from '@coaio/certificates';
import { coRun } from '@coaio/coroutine';
import {
  type ExportFacts,
  exportInfoFromFlags,
  NBD_FLAG_SEND_FLUSH,
  NEED_MORE,
  ServerHandshake,
  type ServerHandshakeEvent,
  type ServerHandshakeOptions,
} from '@coaio/nbd-protocol';
import {
  type QIOChannel,
  QIOChannelPair,
  QIOChannelTls,
  TlsCredentials,
  type TlsServerOptions,
} from '@coaio/qio-channel';

export const authority = await CertificateAuthority.create();

/** What `TlsCredentials.x509` takes of a certificate for these names. */
export async function issued(names: { dns?: string[]; ip?: string[] } = {}) {
  const { certificate, key } = await authority.issue(names);
  return { ca: authority.certificate, certificate, key };
}

/** Of a server for `server.test`, and of a client who trusts its authority. */
export const serverCredentials = TlsCredentials.x509(await issued({ dns: ['server.test'] }));
export const clientCredentials = TlsCredentials.x509({ ca: authority.certificate });

export interface NegotiatingOptions extends Partial<Omit<ServerHandshakeOptions, 'metaContexts'>> {
  exports?: Partial<ExportFacts>[];
  /** Of each export. */
  metaContexts?: string[];
  /** TLS needs them. */
  tlsServer?: Partial<TlsServerOptions>;
  /** Bytes that somebody sends in plain text behind the answer to STARTTLS. */
  injected?: Uint8Array;
}

export interface Served {
  channel: QIOChannel;
  event: ServerHandshakeEvent | null;
}

/** The server's side of a handshake, with TLS; null: the client went away. It does not close the channel. */
export function negotiateAsServer(channel: QIOChannel, options: NegotiatingOptions = {}): Promise<Served> {
  const { exports = [{}], metaContexts = [], tlsServer, injected, ...rest } = options;
  const infos = exports.map((facts) =>
    exportInfoFromFlags({ name: '', size: 1n << 20n, flags: NBD_FLAG_SEND_FLUSH, ...facts }),
  );
  const directory = {
    list: () => infos,
    find: (name: string) => infos.find((info) => info.name === name),
    metaContexts: () => metaContexts.map((name) => ({ name })),
  };
  const handshake = new ServerHandshake({ directory, ...rest });
  let current = channel;
  return coRun(function* () {
    const bytes = new Uint8Array(4096);
    for (;;) {
      const event = handshake.nextEvent();
      const outgoing = handshake.takeOutgoing();
      const extra = event !== NEED_MORE && event.type === 'starttls' ? injected : undefined;
      const sent = extra === undefined ? outgoing : Buffer.concat([outgoing, extra]);
      if (sent.length > 0) yield* current.writevAll([sent]);
      if (event === NEED_MORE) {
        const count = yield* current.readv([bytes]);
        if (count === 0) return { channel: current, event: null };
        handshake.receive(bytes.subarray(0, count));
      } else if (event.type === 'starttls') {
        const credentials = { credentials: serverCredentials, ...tlsServer };
        current = yield* QIOChannelTls.server(current, credentials);
        handshake.tlsStarted();
      } else {
        return { channel: current, event };
      }
    }
  });
}

/** What becomes of `run`, a client's, over a channel to such a server. */
export async function against<T>(
  options: NegotiatingOptions,
  run: (channel: QIOChannel) => Promise<T>,
): Promise<{ client: PromiseSettledResult<T>; server: PromiseSettledResult<Served> }> {
  const [channel, peer] = QIOChannelPair.open();
  const serving = Promise.allSettled([negotiateAsServer(peer, options)]);
  const [client] = await Promise.allSettled([run(channel)]);
  if (client.status === 'rejected') channel.close();
  const [server] = await serving;
  return { client, server };
}
