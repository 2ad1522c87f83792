import { type AioContext, realtimeClock } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { type ClientHandshakeEvent, type ClientHandshakeOptions, NbdError } from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelSocket } from '@coaio/qio-channel';
import { ConnectionLostError } from '../nbd-client-error.js';
import type { ConnectPlan } from '../nbd-client-options.js';
import { startTimer } from '../start-timer.js';
import { negotiate } from './negotiate.js';

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
  // Not AbortSignal.any: it leaves something on the caller's signal for good.
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal?.reason);
  signal?.addEventListener('abort', forward);
  if (signal?.aborted === true) forward();
  const timer = startTimer(context, plan.options.clock ?? realtimeClock, plan.openTimeoutMs, () =>
    stop.abort(
      new ConnectionLostError(
        'connect',
        `not done after ${plan.openTimeoutMs} ms (openTimeoutMs)`,
        'NBD_TIMEOUT',
      ),
    ),
  );
  let channel = 'channel' in plan.where ? plan.where.channel : undefined;
  const shutdown = (): void => channel?.shutdown('both');
  stop.signal.addEventListener('abort', shutdown);
  try {
    stop.signal.throwIfAborted();
    if ('address' in plan.where) {
      channel = await QIOChannelSocket.connect(plan.where.address, { signal: stop.signal });
    }
    const open = channel as QIOChannel;
    open.setFollowCoroutineCtx(true);
    const { event, rest } = await coRun(
      () => negotiate(open, { goal, exportName: plan.exportName, structuredReplies }),
      { context, name: 'negotiate' },
    );
    // It may have come since the handshake ended.
    stop.signal.throwIfAborted();
    return { channel: open, event, rest };
  } catch (error) {
    channel?.close();
    // A shutdown shows as the end of the stream: what asked for it is the reason.
    if (stop.signal.aborted) throw stop.signal.reason;
    throw error instanceof NbdError ? error : new ConnectionLostError('connect', error, 'NBD_CONNECT_FAILED');
  } finally {
    timer?.del();
    signal?.removeEventListener('abort', forward);
  }
}
