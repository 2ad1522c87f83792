/** The port that IANA assigned to NBD. */
export const NBD_DEFAULT_PORT = 10809;

/** How TLS authenticates, where a URI says so. */
export type NbdTlsType = 'anon' | 'x509' | 'psk';

/** What an NBD URI says (NBD doc/uri.md). */
export interface NbdUri {
  /** Scheme `nbds` or `nbds+unix`: the connection must fail when TLS cannot be had. */
  tls: boolean;
  where: { type: 'inet'; host: string; port: number } | { type: 'unix'; path: string };
  exportName: string;
  /** For kinds of TLS authentication that want one: the identity of a PSK. */
  username?: string;
  tlsType?: NbdTlsType;
  /** Name to check the server's certificate against, in place of the host. */
  tlsHostname?: string;
  tlsVerifyPeer?: boolean;
  /** Folder with ca-cert.pem, client-cert.pem, client-key.pem: libnbd's parameter `tls-certificates`. */
  tlsCertificates?: string;
  /** File with lines USERNAME:KEY: libnbd's parameter `tls-psk-file`. */
  tlsPskFile?: string;
}
