import type { AioContext, AioTimer, Clock } from '@coaio/aio-context';

const NS_PER_MS = 1e6;

/** A timer that calls back after `ms`; none for 0, and none for longer than the clock can count, which never comes. */
export function startTimer(
  context: AioContext,
  clock: Clock,
  ms: number,
  expired: () => void,
): AioTimer | undefined {
  if (ms === 0) return undefined;
  const deadlineNs = clock.nowNs() + ms * NS_PER_MS;
  if (deadlineNs === Number.POSITIVE_INFINITY) return undefined;
  const timer = context.createTimer(expired, clock);
  timer.mod(deadlineNs);
  return timer;
}
