import { onAbort } from '@coaio/coroutine';
import { NbdTimeoutError, operationOf } from '../nbd-client-error.js';
import type { ConnectPlan } from '../negotiation/connect-plan.js';
import type { LostRequest } from '../requests/in-flight-requests.js';
import type { RequestLimits } from '../requests/request-options.js';
import { startTimer } from '../start-timer.js';

const NS_PER_MS = 1e6;

/** The limits of a request, for the time in which it waits for a connection. {@link end} it after the wait. */
export interface WaitLimit {
  readonly signal: AbortSignal;
  /** Those of the request from then on: its time has begun. */
  readonly limits: RequestLimits;
  end(): void;
}

export function limitWait({ type, offset, length, limits }: LostRequest, plan: ConnectPlan): WaitLimit {
  const { context, clock, requestTimeoutMs } = plan;
  const stop = new AbortController();
  const timeoutMs = limits.timeoutMs ?? requestTimeoutMs;
  const deadlineNs = limits.deadlineNs ?? clock.nowNs() + timeoutMs * NS_PER_MS;
  const leftMs = (deadlineNs - clock.nowNs()) / NS_PER_MS;
  const missing =
    limits.replays === undefined ? 'not sent, no connection' : 'no answer, and no other connection';
  const late = (): void =>
    stop.abort(new NbdTimeoutError({ operation: operationOf(type), offset, length }, timeoutMs, missing));
  if (timeoutMs > 0 && leftMs <= 0) late();
  const timer = timeoutMs > 0 && leftMs > 0 ? startTimer(context, clock, leftMs, late) : undefined;
  const { signal } = limits;
  const takeBack = signal === undefined ? null : onAbort(signal, () => stop.abort(signal.reason));
  return {
    signal: stop.signal,
    limits: { ...limits, deadlineNs },
    end: () => {
      timer?.del();
      takeBack?.();
    },
  };
}
