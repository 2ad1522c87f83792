import { NbdUsageError } from '../errors/usage-error.js';
import { NBD_DEFAULT_PORT, type NbdUri } from './nbd-uri.js';

/**
 * The shortest URI that says the same: `parseNbdUri` gives `uri` back.
 * @throws NbdUsageError `NBD_BAD_URI`: what no URI can say, such as a host or socket without a name
 */
export function formatNbdUri(uri: NbdUri): string {
  const { where } = uri;
  const user = uri.username === undefined ? '' : `${encode(uri.username, 'user name')}@`;
  if (uri.exportName.includes('\0')) refuse('an export name has no NUL character');
  const parameters = [
    ...(where.type === 'unix' ? [['socket', encodePath(named(where.path, 'socket'), 'socket')]] : []),
    ...(uri.tlsType === undefined ? [] : [['tls-type', uri.tlsType]]),
    ...parameter('tls-hostname', uri.tlsHostname),
    ...(uri.tlsVerifyPeer === undefined ? [] : [['tls-verify-peer', uri.tlsVerifyPeer ? '1' : '0']]),
    ...parameter('tls-certificates', uri.tlsCertificates),
    ...parameter('tls-psk-file', uri.tlsPskFile),
  ].map((pair) => pair.join('='));
  const scheme = `nbd${uri.tls ? 's' : ''}${where.type === 'unix' ? '+unix' : ''}`;
  const host = where.type === 'unix' ? '' : hostAndPort(where.host, where.port);
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `${scheme}://${user}${host}/${encodePath(uri.exportName, 'export name')}${query}`;
}

function hostAndPort(host: string, port: number): string {
  if (!Number.isInteger(port) || port < 1 || port > 65535) refuse(`port ${port} is not in 1 to 65535`);
  const written = named(host, 'host').includes(':') ? `[${ipv6(host)}]` : encode(host, 'host');
  return port === NBD_DEFAULT_PORT ? written : `${written}:${port}`;
}

function ipv6(host: string): string {
  const [, address = '', zone] = /^([0-9A-Fa-f:.]+)(?:%(.+))?$/s.exec(host) ?? [];
  if (address === '') refuse(`"${host}" is no IPv6 address`);
  return zone === undefined ? address : `${address}%25${encode(zone, 'zone')}`;
}

function parameter(name: string, value: string | undefined): string[][] {
  return value === undefined ? [] : [[name, encodePath(named(value, name), name)]];
}

function named(value: string, what: string): string {
  if (value === '') refuse(`the ${what} is empty`);
  return value;
}

function encodePath(text: string, what: string): string {
  return encode(text, what).replaceAll('%2F', '/');
}

function encode(text: string, what: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    refuse(`the ${what} is not valid Unicode`);
  }
}

function refuse(why: string): never {
  throw new NbdUsageError('NBD_BAD_URI', 'NBD URI', why);
}
