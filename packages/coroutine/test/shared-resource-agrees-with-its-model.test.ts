import { type Co, Coroutine, coWaits, SharedResource } from '@coaio/coroutine';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedResourceModel } from './support/shared-resource-model.js';

const TOTAL = 8;
const step = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), amount: fc.integer({ min: 0, max: TOTAL }) }),
  fc.record({ kind: fc.constant('tryGet' as const), amount: fc.integer({ min: 0, max: TOTAL }) }),
  fc.record({ kind: fc.constant('put' as const), amount: fc.integer({ min: 0, max: TOTAL }) }),
  fc.record({ kind: fc.constant('abort' as const), amount: fc.nat(20) }),
);

test('random gets, puts and aborts: granted in the order of asking, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new SharedResourceModel(TOTAL);
      const resource = new SharedResource(TOTAL);
      const granted: number[] = [];
      const requests: AbortController[] = [];
      for (const { kind, amount } of steps) {
        if (kind === 'get') {
          const id = requests.length;
          const controller = new AbortController();
          requests.push(controller);
          Coroutine.create(function* (): Co<void> {
            try {
              yield* resource.get(amount, { signal: controller.signal, purpose: String(id) });
              granted.push(id);
            } catch (error) {
              if (error !== 'aborted') throw error;
            }
          }).enter();
          model.get(id, amount);
        } else if (kind === 'tryGet') {
          expect(resource.tryGet(amount)).toBe(model.tryGet(amount));
        } else if (kind === 'put') {
          const back = Math.min(amount, model.taken);
          resource.put(back);
          model.put(back);
        } else {
          const { waiting } = model;
          const id = waiting[amount % waiting.length];
          if (id === undefined) continue;
          requests[id]!.abort('aborted');
          model.abort(id);
        }
        expect(resource.available).toBe(model.available);
        expect(granted).toEqual(model.granted);
        expect(coWaits().map(({ purpose }) => Number(purpose))).toEqual(model.waiting);
      }
      for (const id of model.waiting) requests[id]!.abort('aborted');
      expect(coWaits()).toEqual([]);
    }),
  );
});
