import { type AioContext, type Clock, realtimeClock } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { type ClientHandshakeEvent, type ClientHandshakeOptions, NbdError } from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelSocket } from '@coaio/qio-channel';
import { ConnectionLostError } from '../nbd-client-error.js';
import type { ConnectPlan } from '../nbd-client-options.js';
import { negotiate } from './negotiate.js';

const NS_PER_MS = 1e6;

/** A channel whose handshake has come to `event`. */
export interface Opened {
  channel: QIOChannel;
  event: Exclude<ClientHandshakeEvent, { type: 'refused' }>;
  rest: Uint8Array;
}

/** Connects and negotiates, within the plan's time limit. A channel whose handshake fails is closed. */
export async function openConnection(
  plan: ConnectPlan,
  goal: ClientHandshakeOptions['goal'],
  context: AioContext,
): Promise<Opened> {
  const { signal, structuredReplies = true } = plan.options;
  const limit = new AbortController();
  const stop = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
  const timer = startTimer(context, plan.options.clock ?? realtimeClock, plan.openTimeoutMs, () =>
    limit.abort(
      new ConnectionLostError(
        'connect',
        `not done after ${plan.openTimeoutMs} ms (openTimeoutMs)`,
        'NBD_TIMEOUT',
      ),
    ),
  );
  let channel: QIOChannel | undefined;
  const shutdown = (): void => channel?.shutdown('both');
  try {
    stop.throwIfAborted();
    channel =
      'channel' in plan.where
        ? plan.where.channel
        : await QIOChannelSocket.connect(plan.where.address, { signal: stop });
    channel.setFollowCoroutineCtx(true);
    stop.addEventListener('abort', shutdown);
    stop.throwIfAborted();
    const open = channel;
    const { event, rest } = await coRun(
      () => negotiate(open, { goal, exportName: plan.exportName, structuredReplies }),
      { context, name: 'negotiate' },
    );
    return { channel, event, rest };
  } catch (error) {
    channel?.close();
    // A shutdown shows as the end of the stream: what asked for it is the reason.
    if (stop.aborted) throw stop.reason;
    throw error instanceof NbdError ? error : new ConnectionLostError('connect', error, 'NBD_CONNECT_FAILED');
  } finally {
    timer?.del();
    stop.removeEventListener('abort', shutdown);
  }
}

/** A timer that calls back after `ms`; none for 0. */
export function startTimer(context: AioContext, clock: Clock, ms: number, expired: () => void) {
  if (ms === 0) return undefined;
  const timer = context.createTimer(expired, clock);
  timer.mod(clock.nowNs() + ms * NS_PER_MS);
  return timer;
}
