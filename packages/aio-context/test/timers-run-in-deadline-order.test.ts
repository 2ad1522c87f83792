import { AioContext, VirtualClock } from '@coaio/aio-context';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('timers of one poll run soonest first, those of one deadline in the order of arming', () => {
  const deadlines = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 30 });
  fc.assert(
    fc.property(deadlines, (armed) => {
      const context = new AioContext();
      const clock = new VirtualClock();
      const ran: string[] = [];
      for (const [index, deadline] of armed.entries()) {
        context.createTimer(() => ran.push(`${deadline}#${index}`), clock).mod(deadline);
      }
      clock.advance(8);
      // A stable sort keeps the order of arming among equals.
      const expected = [...armed.entries()].sort(([, a], [, b]) => a - b);
      expect(ran).toEqual(expected.map(([index, deadline]) => `${deadline}#${index}`));
    }),
  );
});
