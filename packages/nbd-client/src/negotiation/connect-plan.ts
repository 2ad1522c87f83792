import { AioContext, type Clock, getCurrentAioContext, realtimeClock } from '@coaio/aio-context';
import { ClientHandshake, NbdUsageError, parseNbdUri } from '@coaio/nbd-protocol';
import type { QIOChannel, SocketAddress } from '@coaio/qio-channel';
import type { ConnectTarget, NbdClientOptions } from '../nbd-client-options.js';
import { checkClientOptions } from './check-options.js';
import { connectFailure } from './connect-failure.js';
import { GivenChannel } from './given-channel.js';
import { planTls, type TlsPlan, type UriTls } from './tls-plan.js';

type Settled =
  | 'extendedHeaders'
  | 'structuredReplies'
  | 'metaContexts'
  | 'requestInfo'
  | 'openTimeoutMs'
  | 'requestTimeoutMs'
  | 'closeTimeoutMs'
  | 'connections'
  | 'waitForServer'
  | 'livenessMs'
  | 'replayWrites'
  | 'readModifyWrite';
type Open = 'signal' | 'reconnectDelayMs' | 'strict' | 'onEvent' | 'onExportChanged';

/**
 * `options` as they are used. Connections can be made by it again and again, at the same time too; by a caller's channel only
 * one. How each option is meant is said in {@link NbdClientOptions}.
 */
export interface ConnectPlan
  extends Readonly<{ [Key in Settled]: NonNullable<NbdClientOptions[Key]> }>,
    Readonly<{ [Key in Open]: NbdClientOptions[Key] | undefined }> {
  readonly where:
    | { readonly given: GivenChannel }
    | { readonly open: (signal: AbortSignal) => QIOChannel | Promise<QIOChannel> }
    | { readonly address: SocketAddress };
  readonly exportName: string;
  readonly tls: TlsPlan;
  readonly context: AioContext;
  readonly clock: Clock;
}

/** Silence before TCP asks whether the peer is still there. */
const KEEP_ALIVE_IDLE_SECONDS = 10;
const NO_TLS: UriTls = { tls: false };

/**
 * @param operation for errors.
 * @param after further arguments, of which there should be none.
 * @throws NbdUsageError `NBD_BAD_URI`, `NBD_BAD_ARGUMENT`, `NBD_TLS_UNSUPPORTED`; NbdTlsError `NBD_TLS_CREDENTIALS`. A channel in
 * `target` is then its caller's still, or another client's.
 */
export function planConnect(
  target: ConnectTarget,
  operation = 'connect',
  after: readonly unknown[] = [],
): ConnectPlan {
  // As a caller without types may write it: it would be no TLS that was asked for. What `uris.map(NbdClient.connect)` gives is no options.
  if (typeof after[0] === 'object' && after[0] !== null) {
    const detail = 'options go into one object with the URI: { uri, ... }';
    throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
  }
  const options: NbdClientOptions =
    typeof target === 'string' || target instanceof URL ? { uri: String(target) } : target;
  if (typeof options !== 'object' || options === null) {
    throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, `${options} is neither a URI nor options`);
  }
  try {
    checkClientOptions(operation, options);
    return checkedPlan(operation, options);
  } catch (error) {
    throw connectFailure(operation, error);
  }
}

function checkedPlan(operation: string, options: NbdClientOptions): ConnectPlan {
  const target = targetOf(operation, options);
  const plan: ConnectPlan = {
    where: target.where,
    exportName: options.exportName ?? target.exportName,
    tls: planTls(operation, options.tls, target.tls),
    extendedHeaders: options.extendedHeaders ?? true,
    structuredReplies: options.structuredReplies ?? true,
    metaContexts: options.metaContexts ?? ['base:allocation'],
    requestInfo: options.requestInfo ?? true,
    openTimeoutMs: options.openTimeoutMs ?? 30_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 0,
    closeTimeoutMs: options.closeTimeoutMs ?? 10_000,
    signal: options.signal,
    connections: options.connections ?? 1,
    reconnectDelayMs: options.reconnectDelayMs,
    waitForServer: options.waitForServer ?? false,
    livenessMs: options.livenessMs ?? 0,
    replayWrites: options.replayWrites ?? false,
    strict: options.strict,
    readModifyWrite: options.readModifyWrite ?? false,
    onEvent: options.onEvent,
    onExportChanged: options.onExportChanged,
    context: options.context ?? getCurrentAioContext() ?? new AioContext({ name: 'nbd-client' }),
    clock: options.clock ?? realtimeClock,
  };
  // It refuses names that cannot be sent: now, and not once the server has answered.
  new ClientHandshake({ goal: 'go', exportName: plan.exportName, metaContexts: plan.metaContexts });
  return plan;
}

function targetOf(
  operation: string,
  options: NbdClientOptions,
): Pick<ConnectPlan, 'where' | 'exportName'> & { tls: UriTls } {
  const { uri, address, channel, keepAlive = true } = options;
  const given = [uri, address, channel].filter((way) => way !== undefined);
  if (given.length !== 1) {
    throw new NbdUsageError(
      'NBD_BAD_ARGUMENT',
      operation,
      `give one of uri, address and channel, not ${given.length} of them`,
    );
  }
  if (channel !== undefined) return { where: throughChannel(channel), exportName: '', tls: NO_TLS };
  if (address !== undefined) {
    return { where: { address: probed(address, keepAlive) }, exportName: '', tls: NO_TLS };
  }
  const { where, exportName, ...tls } = parseNbdUri(uri ?? '');
  return { where: { address: probed(where, keepAlive) }, exportName, tls };
}

function throughChannel(channel: NonNullable<NbdClientOptions['channel']>): ConnectPlan['where'] {
  return typeof channel === 'function' ? { open: channel } : { given: new GivenChannel(channel) };
}

function probed(address: SocketAddress, keepAlive: boolean): SocketAddress {
  if (address.type !== 'inet' || address.keepAlive !== undefined || !keepAlive) return address;
  return { keepAliveIdleSeconds: KEEP_ALIVE_IDLE_SECONDS, ...address, keepAlive: true };
}
