import { NbdUsageError } from '../errors/usage-error.js';

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
  /** For kinds of TLS authentication that want one. */
  username?: string;
  tlsType?: NbdTlsType;
  tlsHostname?: string;
  tlsVerifyPeer?: boolean;
}

// RFC 3986, appendix B. Not the URL class: it rewrites paths ("a/../b"), and an export name is no path.
const GENERIC_URI = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(#.*)?$/;
const AUTHORITY = /^(?:([^@]*)@)?(\[[0-9A-Fa-f:.%]+\]|[^:[\]]*)(?::([0-9]*))?$/;
const SCHEMES = ['nbd', 'nbds', 'nbd+unix', 'nbds+unix'];
const TLS_TYPES: readonly string[] = ['anon', 'x509', 'psk'] satisfies NbdTlsType[];

/** @throws NbdUsageError `NBD_BAD_URI`, an unknown query parameter included. */
export function parseNbdUri(uri: string): NbdUri {
  const parts = GENERIC_URI.exec(uri);
  const scheme = parts?.[1]?.toLowerCase() ?? '';
  if (parts === null || !SCHEMES.includes(scheme)) {
    refuse(uri, `it must start with one of ${SCHEMES.map((known) => `${known}:`).join(' ')}`);
  }
  const [, , authority, path = '', query = '', fragment] = parts;
  if (fragment !== undefined) refuse(uri, `"${fragment}" is no part of an NBD URI, write %23 for "#"`);
  if (path !== '' && !path.startsWith('/')) refuse(uri, 'the export name must follow a "/"');
  const parameters = parseQuery(uri, query);
  const unix = scheme.endsWith('+unix');
  const user = authority?.includes('@') === true ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  const result: NbdUri = {
    tls: scheme.startsWith('nbds'),
    where: unix ? unixAddress(uri, authority, parameters) : inetAddress(uri, authority),
    exportName: decode(uri, path.slice(1)),
    ...(user === undefined ? {} : { username: decode(uri, user) }),
    ...tlsParameters(uri, parameters),
  };
  const [unknown] = parameters.keys();
  if (unknown !== undefined) refuse(uri, `unknown parameter "${unknown}"`);
  return result;
}

/** The shortest URI that says the same. */
export function formatNbdUri(uri: NbdUri): string {
  const { where } = uri;
  const parameters: string[] = [];
  let authority = uri.username === undefined ? '' : `${encodeURIComponent(uri.username)}@`;
  if (where.type === 'unix')
    parameters.push(`socket=${encodeURIComponent(where.path).replaceAll('%2F', '/')}`);
  else {
    authority += where.host.includes(':') ? `[${where.host}]` : where.host;
    if (where.port !== NBD_DEFAULT_PORT) authority += `:${where.port}`;
  }
  if (uri.tlsType !== undefined) parameters.push(`tls-type=${uri.tlsType}`);
  if (uri.tlsHostname !== undefined) parameters.push(`tls-hostname=${encodeURIComponent(uri.tlsHostname)}`);
  if (uri.tlsVerifyPeer !== undefined) parameters.push(`tls-verify-peer=${uri.tlsVerifyPeer ? 1 : 0}`);
  const scheme = `nbd${uri.tls ? 's' : ''}${where.type === 'unix' ? '+unix' : ''}`;
  const path = encodeURIComponent(uri.exportName).replaceAll('%2F', '/');
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `${scheme}://${authority}/${path}${query}`;
}

function refuse(uri: string, why: string): never {
  throw new NbdUsageError('NBD_BAD_URI', 'NBD URI', `${why}: "${uri}"`);
}

function decode(uri: string, text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    refuse(uri, `"${text}" is not percent-encoded UTF-8`);
  }
  return decoded;
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
  const bare = host.startsWith('[') ? host.slice(1, -1) : decode(uri, host);
  return { type: 'inet', host: bare === '' ? 'localhost' : bare, port };
}

function tlsParameters(
  uri: string,
  parameters: Map<string, string>,
): Pick<NbdUri, 'tlsType' | 'tlsHostname' | 'tlsVerifyPeer'> {
  const tlsType = take(parameters, 'tls-type');
  const tlsHostname = take(parameters, 'tls-hostname');
  const verify = take(parameters, 'tls-verify-peer');
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
  };
}
