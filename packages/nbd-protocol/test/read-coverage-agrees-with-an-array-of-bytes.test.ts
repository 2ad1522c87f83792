import { ReadCoverage } from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';

type Step = { readonly error: boolean; readonly at: number; readonly length: number };

/** The obvious model: one flag per byte. Says at which step it objects, or undefined. */
function model(size: number, steps: readonly Step[]): number | 'missing' | undefined {
  const bytes = new Array<boolean>(size).fill(false);
  let failed = false;
  for (const [index, { error, at, length }] of steps.entries()) {
    const span = error ? 1 : length;
    if (at + span > size) return index;
    if (error) failed = true;
    else if (bytes.slice(at, at + span).includes(true)) return index;
    bytes.fill(true, at, at + span);
  }
  return failed || !bytes.includes(false) ? undefined : 'missing';
}

function ours(size: number, steps: readonly Step[]): number | 'missing' | undefined {
  const coverage = new ReadCoverage();
  coverage.begin(size);
  for (const [index, { error, at, length }] of steps.entries()) {
    try {
      if (error) coverage.addErrorAt(at);
      else coverage.add(at, length);
    } catch {
      return index;
    }
  }
  try {
    coverage.finish();
  } catch {
    return 'missing';
  }
  return undefined;
}

test('random chunks', () => {
  const step = fc.record({ error: fc.boolean(), at: fc.nat(40), length: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 12 }), (size, steps) => {
      expect(ours(size, steps)).toBe(model(size, steps));
    }),
    { numRuns: 5000 },
  );
});

test('every byte once, in any order', () => {
  const orders = fc.uniqueArray(fc.nat(30), { minLength: 31, maxLength: 31 });
  fc.assert(
    fc.property(orders, (order) => {
      expect(
        ours(
          31,
          order.map((at) => ({ error: false, at, length: 1 })),
        ),
      ).toBeUndefined();
    }),
  );
});
