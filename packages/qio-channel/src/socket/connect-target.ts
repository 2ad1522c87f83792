import { type LookupAllOptions, lookup } from 'node:dns';
import type { LookupFunction, NetConnectOpts } from 'node:net';
import { addressFamily, type SocketAddress, systemPath } from './socket-address.js';

/** What `net.connect` takes for `address`. */
export function connectTarget(address: SocketAddress): NetConnectOpts {
  if (address.type === 'unix') return { path: systemPath(address) };
  const { host, port } = address;
  const family = addressFamily(address);
  return family === 0 ? { host, port } : { host, port, lookup: lookupOf(family) };
}

/** Not `net.connect`'s own `family`: with that it tries only the first of the host's addresses. */
function lookupOf(family: 4 | 6): LookupFunction {
  return (host, options, callback) => lookup(host, { ...options, family } as LookupAllOptions, callback);
}
