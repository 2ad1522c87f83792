import { NBD_FLAG_HAS_FLAGS } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { directoryOf, shakeHands } from './support/handshake-pair.js';

test.each([0, 1, 3000])('a list of %i exports', (count) => {
  const facts = Array.from({ length: count }, (_, i) => ({
    name: `disk-\u00fc-${i}`,
    ...(i % 2 === 0 ? { description: `number ${i}` } : {}),
    size: 1n,
    flags: NBD_FLAG_HAS_FLAGS,
  }));
  for (const split of [count > 100 ? 61 : 1, 1 << 20]) {
    const outcome = shakeHands({ goal: 'list' }, { directory: directoryOf(...facts) }, split);
    const expected = facts.map(({ size, flags, ...listing }) => listing);
    expect(outcome.clientEvents).toEqual([{ type: 'list', exports: expected }]);
    expect(outcome.serverEvents).toEqual([{ type: 'aborted' }]);
    expect(outcome.client.finished).toBe(true);
  }
});
