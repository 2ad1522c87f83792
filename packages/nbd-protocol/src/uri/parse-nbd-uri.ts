import { NbdUsageError } from '../errors/usage-error.js';
import { NBD_DEFAULT_PORT, type NbdTlsType, type NbdUri } from './nbd-uri.js';

// RFC 3986, appendix B. Not the URL class: it rewrites paths ("a/../b"), and an export name is no path.
const GENERIC_URI = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(#.*)?$/;
const AUTHORITY = /^(?:([^@]*)@)?(\[[0-9A-Fa-f:.]+(?:%25[^[\]]+)?\]|[^:@[\]]*)(?::([0-9]*))?$/;
const SCHEMES = ['nbd', 'nbds', 'nbd+unix', 'nbds+unix'];
const TLS_TYPES: readonly string[] = ['anon', 'x509', 'psk'] satisfies NbdTlsType[];

/** Schemes that other clients know, with what a client of ours would need to follow them. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['nbd+vsock', 'vsock sockets, which Node does not have'],
  ['nbds+vsock', 'vsock sockets, which Node does not have'],
  ['nbd+ssh', 'an ssh tunnel; start one, and connect to its end'],
  ['nbds+ssh', 'an ssh tunnel; start one, and connect to its end'],
]);

/** @throws NbdUsageError `NBD_BAD_URI`, an unknown query parameter included. */
export function parseNbdUri(uri: string): NbdUri {
  const parts = GENERIC_URI.exec(uri);
  const scheme = parts?.[1]?.toLowerCase() ?? '';
  if (parts === null || !SCHEMES.includes(scheme)) refuseScheme(uri, scheme);
  const [, , authority, path = '', query = '', fragment] = parts;
  if (fragment !== undefined) refuse(uri, `"${fragment}" is no part of an NBD URI, write %23 for "#"`);
  if (path !== '' && !path.startsWith('/')) refuse(uri, 'the export name must follow a "/"');
  const parameters = parseQuery(uri, query);
  const unix = scheme.endsWith('+unix');
  const user = authority?.includes('@') === true ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  const exportName = decode(uri, path.slice(1));
  // uri.md: any Unicode character except NUL.
  if (exportName.includes('\0')) refuse(uri, 'an export name has no NUL character');
  const result: NbdUri = {
    tls: scheme.startsWith('nbds'),
    where: unix ? unixAddress(uri, authority, parameters) : inetAddress(uri, authority),
    exportName,
    ...(user === undefined ? {} : { username: decode(uri, user) }),
    ...tlsParameters(uri, parameters),
  };
  const [unknown] = parameters.keys();
  if (unknown !== undefined) refuse(uri, `unknown parameter "${unknown}"`);
  return result;
}

function refuse(uri: string, why: string): never {
  throw new NbdUsageError('NBD_BAD_URI', 'NBD URI', `${why}: "${uri}"`);
}

function refuseScheme(uri: string, scheme: string): never {
  const need = ELSEWHERE.get(scheme);
  if (need !== undefined) refuse(uri, `${scheme}: needs ${need}`);
  refuse(uri, `it must start with one of ${SCHEMES.map((known) => `${known}:`).join(' ')}`);
}

function decode(uri: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    refuse(uri, `"${text}" is not percent-encoded UTF-8`);
  }
}

/** By hand: URLSearchParams would read "+" as a space, and a socket's path may have one. */
function parseQuery(uri: string, query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(uri, equals < 0 ? pair : pair.slice(0, equals));
    if (parameters.has(name)) refuse(uri, `parameter "${name}" is given twice`);
    parameters.set(name, equals < 0 ? '' : decode(uri, pair.slice(equals + 1)));
  }
  return parameters;
}

function take(parameters: Map<string, string>, name: string): string | undefined {
  const value = parameters.get(name);
  parameters.delete(name);
  return value;
}

/** A parameter that names something, and so is not empty. */
function takeName(uri: string, parameters: Map<string, string>, name: string): string | undefined {
  const value = take(parameters, name);
  if (value === '') refuse(uri, `the parameter "${name}" is empty`);
  return value;
}

function unixAddress(
  uri: string,
  authority: string | undefined,
  parameters: Map<string, string>,
): NbdUri['where'] {
  const path = take(parameters, 'socket');
  if (path === undefined || path === '') refuse(uri, 'the parameter "socket" must name the Unix socket');
  if (authority !== undefined && authority.slice(authority.lastIndexOf('@') + 1) !== '') {
    refuse(uri, `a Unix socket has no host "${authority}", the export name follows a third "/"`);
  }
  return { type: 'unix', path };
}

function inetAddress(uri: string, authority = ''): NbdUri['where'] {
  const parts = AUTHORITY.exec(authority);
  if (parts === null) refuse(uri, `"${authority}" is not HOST or HOST:PORT`);
  const [, , host = '', portText = ''] = parts;
  const port = portText === '' ? NBD_DEFAULT_PORT : Number(portText);
  if (port < 1 || port > 65535) refuse(uri, `port ${portText} is not in 1 to 65535`);
  // RFC 6874: the "%" before the zone of an IPv6 address is itself encoded.
  const bare = decode(uri, host.startsWith('[') ? host.slice(1, -1) : host);
  return { type: 'inet', host: bare === '' ? 'localhost' : bare, port };
}

type TlsParameters = Pick<
  NbdUri,
  'tlsType' | 'tlsHostname' | 'tlsVerifyPeer' | 'tlsCertificates' | 'tlsPskFile'
>;

function tlsParameters(uri: string, parameters: Map<string, string>): TlsParameters {
  const tlsType = take(parameters, 'tls-type');
  const tlsHostname = takeName(uri, parameters, 'tls-hostname');
  const verify = take(parameters, 'tls-verify-peer');
  const tlsCertificates = takeName(uri, parameters, 'tls-certificates');
  const tlsPskFile = takeName(uri, parameters, 'tls-psk-file');
  if (tlsType !== undefined && !TLS_TYPES.includes(tlsType)) {
    refuse(uri, `tls-type "${tlsType}" is not one of ${TLS_TYPES.join(', ')}`);
  }
  if (verify !== undefined && verify !== '0' && verify !== '1') {
    refuse(uri, `tls-verify-peer "${verify}" is not 0 or 1`);
  }
  return {
    ...(tlsType === undefined ? {} : { tlsType: tlsType as NbdTlsType }),
    ...(tlsHostname === undefined ? {} : { tlsHostname }),
    ...(verify === undefined ? {} : { tlsVerifyPeer: verify === '1' }),
    ...(tlsCertificates === undefined ? {} : { tlsCertificates }),
    ...(tlsPskFile === undefined ? {} : { tlsPskFile }),
  };
}
