import { TlsCredentials } from '@coaio/qio-channel';
import type { StrictOptions } from '../commands/validate-request.js';
import type { NbdClientOptions } from '../nbd-client-options.js';
import type { NbdTlsOptions } from '../nbd-tls-options.js';
import {
  abortSignal,
  boolean,
  type Checks,
  callback,
  checkOptions,
  having,
  milliseconds,
  name,
  object,
  strings,
  text,
} from '../option-checks.js';

const TLS_POLICIES: readonly unknown[] = ['disable', 'allow', 'require'];

/** An open channel, of this or another copy of its package. */
export const channel = having('a QIOChannel', 'readv', 'writev', 'shutdown', 'close');

const CLIENT: Checks<NbdClientOptions> = {
  uri: text,
  address: object,
  channel: (value) => (typeof value === 'function' ? undefined : channel(value)),
  exportName: text,
  tls: object,
  extendedHeaders: boolean,
  structuredReplies: boolean,
  metaContexts: strings,
  requestInfo: boolean,
  keepAlive: boolean,
  openTimeoutMs: milliseconds,
  requestTimeoutMs: milliseconds,
  closeTimeoutMs: milliseconds,
  signal: abortSignal,
  connections: (value) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 64
      ? undefined
      : 'an integer from 1 to 64',
  reconnectDelayMs: milliseconds,
  waitForServer: boolean,
  livenessMs: milliseconds,
  replayWrites: boolean,
  strict: object,
  readModifyWrite: boolean,
  onEvent: callback,
  onExportChanged: callback,
  context: having('an AioContext', 'createBottomHalf', 'createTimer'),
  clock: having('a clock', 'nowNs'),
};

const STRICT: Checks<StrictOptions> = {
  bounds: boolean,
  alignment: boolean,
  payload: boolean,
  commands: boolean,
  flags: boolean,
};

const TLS: Checks<NbdTlsOptions> = {
  policy: (value) => (TLS_POLICIES.includes(value) ? undefined : `one of ${TLS_POLICIES.join(', ')}`),
  certificates: name,
  psk: (value) =>
    name(value) === undefined || object(value) === undefined ? undefined : 'a file, or identity and key',
  username: name,
  credentials: (value) => (value instanceof TlsCredentials ? undefined : 'TlsCredentials'),
  hostname: name,
  verifyPeer: boolean,
};

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`: an option that there is not, or a value that it cannot have. */
export function checkClientOptions(operation: string, options: NbdClientOptions): void {
  checkOptions(operation, '', CLIENT, options);
  if (options.strict !== undefined) checkOptions(operation, 'strict.', STRICT, options.strict);
  if (options.tls !== undefined) checkOptions(operation, 'tls.', TLS, options.tls);
}
