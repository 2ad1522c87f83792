import { NbdUsageError } from '@coaio/nbd-protocol';
import { TlsCredentials } from '@coaio/qio-channel';
import type { StrictOptions } from '../commands/validate-request.js';
import type { NbdClientOptions } from '../nbd-client-options.js';
import type { NbdTlsOptions } from '../nbd-tls-options.js';

/** What a value must be, if it is not. */
type Check = (value: unknown) => string | undefined;
type Checks<Options> = Readonly<Record<keyof Required<Options>, Check>>;

const TLS_POLICIES: readonly unknown[] = ['disable', 'allow', 'require'];

const boolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const text: Check = (value) => (typeof value === 'string' ? undefined : 'a string');
const name: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'a string, not empty';
const callback: Check = (value) => (typeof value === 'function' ? undefined : 'a function');
const object: Check = (value) => (isObject(value) ? undefined : 'an object');
const milliseconds: Check = (value) =>
  Number.isFinite(value) && (value as number) >= 0 ? undefined : 'a number of milliseconds from 0 on';

/** Known by what is used of them: they may come from another realm, or be a test's own. */
function having(what: string, ...methods: string[]): Check {
  return (value) =>
    isObject(value) && methods.every((method) => typeof value[method] === 'function') ? undefined : what;
}

const channel = having('a QIOChannel', 'readv', 'writev', 'shutdown', 'close');

const CLIENT: Checks<NbdClientOptions> = {
  uri: text,
  address: object,
  channel: (value) => (typeof value === 'function' ? undefined : channel(value)),
  exportName: text,
  tls: object,
  extendedHeaders: boolean,
  structuredReplies: boolean,
  metaContexts: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'a list of strings',
  requestInfo: boolean,
  keepAlive: boolean,
  openTimeoutMs: milliseconds,
  requestTimeoutMs: milliseconds,
  closeTimeoutMs: milliseconds,
  signal: having('an AbortSignal', 'addEventListener', 'throwIfAborted'),
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
    (typeof value === 'string' && value !== '') || isObject(value)
      ? undefined
      : 'a file, or identity and key',
  username: name,
  credentials: (value) => (value instanceof TlsCredentials ? undefined : 'TlsCredentials'),
  hostname: name,
  verifyPeer: boolean,
};

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`: an option that there is not, or a value that it cannot have. */
export function checkOptions(operation: string, options: NbdClientOptions): void {
  check(operation, '', CLIENT, options);
  if (options.strict !== undefined) check(operation, 'strict.', STRICT, options.strict);
  if (options.tls !== undefined) check(operation, 'tls.', TLS, options.tls);
}

function check<Options extends object>(
  operation: string,
  prefix: string,
  checks: Checks<Options>,
  options: Options,
): void {
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, key)) throw bad(operation, `there is no option "${prefix}${key}"`);
    if (value === undefined) continue;
    const wanted = checks[key as keyof Options](value);
    // A key of TLS may be among the values: what is no word or number is not shown.
    const given = typeof value === 'number' || typeof value === 'boolean' ? value : `a ${kindOf(value)}`;
    if (wanted !== undefined) throw bad(operation, `${prefix}${key} ${given} is not ${wanted}`);
  }
}

function kindOf(value: unknown): string {
  if (value === '') return 'string that is empty';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(operation: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}
