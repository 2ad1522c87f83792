import type { NbdTlsPolicy } from '@coaio/nbd-protocol';
import type { PreSharedKey, TlsCredentials } from '@coaio/qio-channel';

/**
 * TLS of a client. One of `certificates`, `psk` and `credentials` says who we are and whom to trust; without them it is the authorities
 * that Node trusts. What a URI says too must be the same here.
 */
export interface NbdTlsOptions {
  /**
   * `require`, the default: TLS or nothing. `allow`: without TLS where the server has none, and whoever can change what is sent can
   * make it look so. `disable`.
   */
  policy?: NbdTlsPolicy | undefined;
  /**
   * A folder as QEMU, libnbd and nbdkit have it: `ca-cert.pem`, and `client-cert.pem` with `client-key.pem` for servers that ask; or
   * `keys.psk`. It is read for each connection, so a renewed certificate counts.
   */
  certificates?: string | undefined;
  /** A pre-shared key, or a file of lines `identity:hexkey`. */
  psk?: PreSharedKey | string | undefined;
  /** Whose key to use of a file. Default: the URI's user, else `qemu`. */
  username?: string | undefined;
  credentials?: TlsCredentials | undefined;
  /** Name or IP address that the server's certificate must be for. Default: the host; a Unix socket has none. */
  hostname?: string | undefined;
  /** Default true. With `false` whoever answers is taken for the server. */
  verifyPeer?: boolean | undefined;
}
