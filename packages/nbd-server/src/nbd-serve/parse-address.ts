import { resolve } from 'node:path';
import type { SocketAddress } from '@coaio/qio-channel';

export const DEFAULT_HOST = '127.0.0.1';
/** Of a Unix socket, in bytes. */
const MAX_PATH = 107;

/** `10809`, `0.0.0.0:10809`, `[::1]:0`. Undefined if it is no TCP address. */
export function parseTcpAddress(text: string): SocketAddress | undefined {
  const [, v6, host, digits = ''] = /^(?:(?:\[([^\]]+)\]|([^:]+)):)?([0-9]{1,5})$/.exec(text) ?? [];
  const port = parsePort(digits);
  return port === undefined ? undefined : { type: 'inet', host: v6 ?? host ?? DEFAULT_HOST, port };
}

/** Whole, so that the URI that is printed holds for who is in another folder; as it was given where the system could not take it whole. */
export function parseUnixAddress(text: string): SocketAddress {
  const whole = resolve(text);
  return { type: 'unix', path: text !== '' && Buffer.byteLength(whole) <= MAX_PATH ? whole : text };
}

/** 0 to 65535. */
export function parsePort(text: string): number | undefined {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65535 ? port : undefined;
}
