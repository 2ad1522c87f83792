import type { SocketAddress } from '@coaio/qio-channel';

export const DEFAULT_HOST = '127.0.0.1';

/** `10809`, `0.0.0.0:10809`, `[::1]:0`. Undefined if it is no TCP address. */
export function parseTcpAddress(text: string): SocketAddress | undefined {
  const [, v6, host, digits = ''] = /^(?:(?:\[([^\]]+)\]|([^:]+)):)?([0-9]{1,5})$/.exec(text) ?? [];
  const port = parsePort(digits);
  return port === undefined ? undefined : { type: 'inet', host: v6 ?? host ?? DEFAULT_HOST, port };
}

/** 0 to 65535. */
export function parsePort(text: string): number | undefined {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65535 ? port : undefined;
}
