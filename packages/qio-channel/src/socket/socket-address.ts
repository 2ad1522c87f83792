/** Where a socket listens or connects (QEMU's `SocketAddress`). */
export type SocketAddress = UnixSocketAddress | InetSocketAddress;

export interface UnixSocketAddress {
  type: 'unix';
  /** As an address that a channel tells, '' is a socket without a name, as the connecting side mostly is. */
  path: string;
  /** Linux: a name of the kernel's and not of a file system. It is gone with its listener, and anyone may connect. */
  abstract?: boolean | undefined;
  /** Of an abstract name. True, the default: it is as long as it is. False: zero bytes fill it up, the only way that Node 20 knows. */
  tight?: boolean | undefined;
}

export interface InetSocketAddress extends KeepAlive {
  type: 'inet';
  host: string;
  /** 0 lets the system choose when listening. */
  port: number;
  /** Which families may be used. One alone set to true excludes the other; without both, whatever the host has. */
  ipv4?: boolean | undefined;
  ipv6?: boolean | undefined;
}

/**
 * TCP's own probing of a silent peer, under QEMU's names. Without the times they are the system's; with the idle time alone Node sends
 * 10 probes, a second apart.
 */
export interface KeepAlive {
  keepAlive?: boolean | undefined;
  /** Silence before the first probe, in seconds. */
  keepAliveIdleSeconds?: number | undefined;
  /** Between two probes, in seconds. With {@link keepAliveCount}; needs Node 24. */
  keepAliveIntervalSeconds?: number | undefined;
  /** Unanswered probes after which the connection is lost. With {@link keepAliveIntervalSeconds}; needs Node 24. */
  keepAliveCount?: number | undefined;
}

/** For messages: `/run/nbd.sock`, `@name` (abstract), `localhost:10809`, `[::1]:10809`. */
export function formatAddress(address: SocketAddress): string {
  if (address.type === 'unix') return address.abstract === true ? `@${address.path}` : address.path;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** The family that the address is limited to, 0 if to none (`inet_ai_family_from_address`). */
export function addressFamily({ ipv4, ipv6 }: InetSocketAddress): 0 | 4 | 6 {
  if (ipv4 === ipv6) return 0;
  return ipv6 === true || (ipv4 === false && ipv6 === undefined) ? 6 : 4;
}

/** `sun_path` without its final zero; of an abstract name without the leading one. */
export const MAX_UNIX_PATH = process.platform === 'darwin' ? 103 : 107;

/** The path as the system takes it: a leading zero byte marks a name that is no file's. */
export function systemPath({ path, abstract, tight }: UnixSocketAddress): string {
  if (abstract !== true) return path;
  return `\0${path}${tight === false ? '\0'.repeat(MAX_UNIX_PATH - Buffer.byteLength(path)) : ''}`;
}
