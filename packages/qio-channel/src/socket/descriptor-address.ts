import { readFileSync, readlinkSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { SocketAddress } from './socket-address.js';

/**
 * Where a listening socket with descriptor `fd` listens. Node tells of TCP alone; of a Unix socket Linux's `/proc` does, and where that is not
 * to be had the path is the descriptor's.
 */
export function descriptorAddress(fd: number, bound: AddressInfo | string | null): SocketAddress {
  if (bound !== null && typeof bound !== 'string') {
    return { type: 'inet', host: bound.address, port: bound.port };
  }
  const path = unixPath(fd) ?? `/dev/fd/${fd}`;
  return path.startsWith('@')
    ? { type: 'unix', path: path.slice(1), abstract: true }
    : { type: 'unix', path };
}

/** Its lines: `Num RefCount Protocol Flags Type St Inode Path`. */
function unixPath(fd: number): string | undefined {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`)) ?? [];
    for (const line of readFileSync('/proc/self/net/unix', 'utf8').split('\n')) {
      const [, of, path] = /^\S+ \S+ \S+ \S+ \S+ \S+ +(\d+) (.+)$/.exec(line) ?? [];
      if (of !== undefined && of === inode) return path;
    }
  } catch {
    // Not Linux.
  }
  return undefined;
}
