import type { AioContext, AioTimer, Clock } from '@coaio/aio-context';

const NS_PER_MS = 1e6;

/** A timer that calls back after `ms`; none for 0. */
export function startTimer(
  context: AioContext,
  clock: Clock,
  ms: number,
  expired: () => void,
): AioTimer | undefined {
  if (ms === 0) return undefined;
  const timer = context.createTimer(expired, clock);
  timer.mod(clock.nowNs() + ms * NS_PER_MS);
  return timer;
}
