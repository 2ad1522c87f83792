import { AioContext, getCurrentAioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a timer follows its own clock and runs in its own context', () => {
  const contexts = [new AioContext({ name: 'A' }), new AioContext({ name: 'B' })];
  const clocks = [new VirtualClock(), new VirtualClock()] as const;
  const ran: string[] = [];
  for (const context of contexts) {
    for (const [index, clock] of clocks.entries()) {
      const timer = context.createTimer(() => ran.push(`${getCurrentAioContext()?.name}${index}`), clock);
      timer.mod(10);
    }
  }
  clocks[1].advance(10);
  expect(ran).toEqual(['A1', 'B1']);
  clocks[0].advance(10);
  expect(ran).toEqual(['A1', 'B1', 'A0', 'B0']);
});

test("polling one context runs none of another's timers", () => {
  const [polled, other] = [new AioContext(), new AioContext()];
  const clock = new VirtualClock(10);
  let runs = 0;
  other.createTimer(() => runs++, clock).mod(10);
  expect(polled.poll()).toBe(false);
  expect(runs).toBe(0);
  expect(other.poll()).toBe(true);
  expect(runs).toBe(1);
});

test('one poll runs what has expired on any of its clocks', () => {
  const context = new AioContext();
  const ran: string[] = [];
  for (const name of ['first', 'second']) {
    context.createTimer(() => ran.push(name), new VirtualClock(10)).mod(10);
  }
  expect(context.poll()).toBe(true);
  expect(ran).toEqual(['first', 'second']);
});
