import { AioContext, getCurrentAioContext, realtimeClock } from '@coaio/aio-context';
import { expect, onTestFinished, test, vi } from 'vitest';

test('a timer on the realtime clock, the default, has reached its deadline when it runs', async () => {
  const context = new AioContext();
  for (const delayNs of [0, 1, 0.4e6, 1.6e6, 3e6]) {
    const deadlineNs = realtimeClock.nowNs() + delayNs;
    const [ranAtNs, current] = await new Promise<[number, unknown]>((resolve) => {
      const timer = context.createTimer(() => resolve([realtimeClock.nowNs(), getCurrentAioContext()]));
      expect(timer.clock).toBe(realtimeClock);
      timer.mod(deadlineNs);
    });
    expect(ranAtNs).toBeGreaterThanOrEqual(deadlineNs);
    expect(current).toBe(context);
  }
});

test('a deadline further away than setTimeout can count does not fire at once', async () => {
  const context = new AioContext();
  let early = false;
  const far = context.createTimer(() => (early = true));
  far.mod(realtimeClock.nowNs() + 100 * 86_400e9);
  await new Promise<void>((resolve) => context.createTimer(resolve).mod(realtimeClock.nowNs() + 3e6));
  expect(early).toBe(false);
  far.del();
});

// setTimeout counts whole milliseconds from the loop's cached time, so it may come before the deadline.
test('when setTimeout is early, the timer waits for the rest', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => {
    vi.useRealTimers();
    now.mockRestore();
  });
  let runs = 0;
  new AioContext().createTimer(() => runs++).mod(2.5e6);
  now.mockReturnValue(2.4);
  vi.advanceTimersByTime(3);
  expect(runs).toBe(0);
  now.mockReturnValue(2.5);
  vi.advanceTimersByTime(1);
  expect(runs).toBe(1);
});
