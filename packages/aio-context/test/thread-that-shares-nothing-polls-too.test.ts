import { getMainAioContext } from '@coaio/aio-context';
import { thisThread } from '@coaio/aio-context/shared';
import { expect, test, vi } from 'vitest';

test('once its waits are short, it keeps the event loop turning; without a window it does not', () => {
  const context = getMainAioContext();
  const turn = vi.spyOn(globalThis, 'setImmediate').mockImplementation((() => ({})) as never);
  try {
    context.poll();
    context.poll();
    expect(turn).not.toHaveBeenCalled();
    context.setPollParams({ pollMaxNs: 10e8 });
    // The first wait begins; the second poll ends it, and opens the window.
    context.poll();
    context.poll();
    expect(turn).toHaveBeenCalledTimes(1);
  } finally {
    turn.mockRestore();
  }
  expect(thisThread()).toBe(null);
});
