import { type Co, coRun } from '@coaio/coroutine';
import { type ClientGoal, type NbdTlsPolicy, NbdUsageError } from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelSocket } from '@coaio/qio-channel';
import { kindOf } from '../option-checks.js';
import { AttemptLimit } from './attempt-limit.js';
import { channel } from './check-options.js';
import { connectFailure } from './connect-failure.js';
import type { ConnectPlan } from './connect-plan.js';
import { HandshakeExchange } from './handshake-exchange.js';
import { type Negotiated, negotiate } from './negotiate.js';
import { readTlsOptions } from './read-tls-options.js';

/** A connection in transmission. */
export interface Opened {
  channel: QIOChannel;
  negotiated: Negotiated;
}

/**
 * Connects, and negotiates for transmission, with TLS if the plan has it, within `plan.openTimeoutMs`. It can be called again and again for
 * one plan, and while another call is under way.
 *
 * @param signal gives this attempt up, with its reason; the plan's own signal is not looked at.
 * @throws ConnectionLostError `NBD_CONNECT_FAILED`, `NBD_TIMEOUT`; NbdTlsError; NbdOptionRefusedError; NbdProtocolError; NbdUsageError
 * `NBD_CANNOT_RECONNECT`: the caller's channel has been used. Nothing is left open then.
 */
export async function openConnection(plan: ConnectPlan, signal?: AbortSignal): Promise<Opened> {
  const { exchange, outcome } = await openExchange(plan, 'go', negotiate, signal);
  return { channel: exchange.channel, negotiated: outcome };
}

/** What connecting and `body` came to. Who gets it closes the exchange's channel. */
export interface OpenedExchange<T> {
  exchange: HandshakeExchange;
  outcome: T;
}

/**
 * Connects and begins a handshake, of which `body` makes something: all within `plan.openTimeoutMs`. Throws as {@link openConnection}.
 *
 * @param policy of TLS, if not the plan's.
 */
export async function openExchange<T>(
  plan: ConnectPlan,
  goal: ClientGoal,
  body: (exchange: HandshakeExchange) => Co<T>,
  signal?: AbortSignal,
  policy: NbdTlsPolicy = plan.tls.policy,
): Promise<OpenedExchange<T>> {
  const given = 'given' in plan.where ? plan.where.given.take() : undefined;
  const limit = new AttemptLimit('connect', plan, signal);
  let exchange: HandshakeExchange | undefined;
  let channel = given;
  try {
    limit.signal.throwIfAborted();
    const tls = await limit.race(readTlsOptions(plan, given));
    channel ??= await connected(plan, limit);
    channel.setFollowCoroutineCtx(true);
    const opened = new HandshakeExchange(channel, { ...plan, goal, tls: policy }, tls);
    exchange = opened;
    const outcome = await runLimited(limit, plan, opened, () => body(opened));
    return { exchange: opened, outcome };
  } catch (error) {
    (exchange?.channel ?? channel)?.close();
    throw limit.signal.aborted ? limit.signal.reason : connectFailure('connect', error);
  } finally {
    limit.release();
  }
}

/** Runs `body`; when it is to stop, the exchange's channel is shut down, which shows as the end of the stream. */
export async function runLimited<T>(
  limit: AttemptLimit,
  plan: ConnectPlan,
  exchange: HandshakeExchange,
  body: () => Co<T>,
): Promise<T> {
  limit.signal.throwIfAborted();
  limit.signal.addEventListener('abort', () => exchange.channel.shutdown('both'));
  const outcome = await coRun(body, { context: plan.context, name: 'negotiate' });
  // It may have come since the body ended.
  limit.signal.throwIfAborted();
  return outcome;
}

async function connected({ where }: ConnectPlan, limit: AttemptLimit): Promise<QIOChannel> {
  const { signal } = limit;
  if ('open' in where) return await openedByCaller(async () => await where.open(signal), limit);
  if (!('address' in where)) throw new Error('no address to connect to');
  const channel = await QIOChannelSocket.connect(where.address, { signal });
  if (!signal.aborted) return channel;
  channel.close();
  throw signal.reason;
}

/** The caller's function may not look at its signal, and come to a channel when nobody waits for it any more. */
async function openedByCaller(open: () => Promise<QIOChannel>, limit: AttemptLimit): Promise<QIOChannel> {
  const opening = open();
  let opened: QIOChannel;
  try {
    opened = await limit.race(opening);
  } catch (error) {
    opening.then(
      (late) => {
        if (channel(late) === undefined) late.close();
      },
      () => {},
    );
    throw error;
  }
  const wanted = channel(opened);
  if (wanted === undefined) return opened;
  const detail = `what the function channel has opened, ${kindOf(opened)}, is not ${wanted}`;
  throw new NbdUsageError('NBD_BAD_ARGUMENT', 'connect', detail);
}
