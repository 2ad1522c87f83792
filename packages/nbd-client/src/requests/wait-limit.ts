import type { Clock } from '@coaio/aio-context';
import { onAbort } from '@coaio/coroutine';
import { NbdTimeoutError, operationOf } from '../nbd-client-error.js';
import type { ConnectPlan } from '../negotiation/connect-plan.js';
import { startTimer } from '../start-timer.js';
import type { LostRequest } from './in-flight-requests.js';
import type { RequestLimits } from './request-options.js';

const NS_PER_MS = 1e6;

/** A request that is yet to be sent. */
export type UnsentRequest = Pick<LostRequest, 'type' | 'offset' | 'length' | 'limits'>;

/** By what time is kept. */
export type RequestTiming = Pick<ConnectPlan, 'context' | 'clock' | 'requestTimeoutMs'>;

/** The limits of a request, for the time in which it waits for what it needs to be sent. {@link end} it after the wait. */
export interface WaitLimit {
  readonly signal: AbortSignal;
  /** Those of the request from then on: its time has begun. */
  readonly limits: RequestLimits;
  end(): void;
}

/** @param missing what there was not, if its time is over */
export function limitWait(
  { type, offset, length, limits }: UnsentRequest,
  { context, clock, requestTimeoutMs }: RequestTiming,
  missing: string,
): WaitLimit {
  const stop = new AbortController();
  const timeoutMs = limits.timeoutMs ?? requestTimeoutMs;
  const deadlineNs = limits.deadlineNs ?? clock.nowNs() + timeoutMs * NS_PER_MS;
  const leftMs = (deadlineNs - clock.nowNs()) / NS_PER_MS;
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

/** The limits of a command that may take several requests: its time is that of all of them together. */
export function limitsTogether(options: RequestLimits | undefined, clock: Clock): RequestLimits | undefined {
  const { timeoutMs = 0, deadlineNs } = options ?? {};
  if (timeoutMs === 0 || deadlineNs !== undefined) return options;
  return { ...options, deadlineNs: clock.nowNs() + timeoutMs * NS_PER_MS };
}
