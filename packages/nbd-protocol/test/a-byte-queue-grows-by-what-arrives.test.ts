import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteQueue } from '../src/bytes/byte-queue.js';
import { NEED_MORE } from '../src/need-more.js';

test('a length that is only claimed allocates nothing and consumes nothing', () => {
  const queue = new ByteQueue();
  queue.append(Uint8Array.of(1, 2, 3));
  const before = process.memoryUsage().arrayBuffers;
  expect(queue.take(0xffffffff)).toBe(NEED_MORE);
  expect(queue.peek(0xffffffff)).toBe(NEED_MORE);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  expect(queue.rest()).toEqual(Uint8Array.of(1, 2, 3));
});

test('it copies, on the way in and on the way out', () => {
  const queue = new ByteQueue();
  const mine = Uint8Array.of(1, 2);
  queue.append(mine);
  mine.fill(9);
  const taken = queue.take(1);
  queue.append(Uint8Array.of(7, 8));
  expect(taken).toEqual(Uint8Array.of(1));
  expect(queue.rest()).toEqual(Uint8Array.of(2, 7, 8));
});

test('it agrees with an array', () => {
  const append = fc.record({ kind: fc.constant('append' as const), bytes: fc.uint8Array({ maxLength: 30 }) });
  const other = fc.record({ kind: fc.constantFrom('take', 'skip', 'peek', 'rest'), count: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(fc.oneof(append, other), { maxLength: 60 }), (steps) => {
      const queue = new ByteQueue();
      let model: number[] = [];
      for (const step of steps) {
        if ('bytes' in step) {
          queue.append(step.bytes);
          model.push(...step.bytes);
        } else if (step.kind === 'skip') {
          expect(queue.skip(step.count)).toBe(model.splice(0, step.count).length);
        } else if (step.kind === 'rest') {
          expect(Array.from(queue.rest())).toEqual(model);
          model = [];
        } else if (step.kind === 'take') {
          const taken = queue.take(step.count);
          if (step.count > model.length) expect(taken).toBe(NEED_MORE);
          else expect(Array.from(taken as Uint8Array)).toEqual(model.splice(0, step.count));
        } else {
          const peeked = queue.peek(step.count);
          if (step.count > model.length) expect(peeked).toBe(NEED_MORE);
          else {
            const view = peeked as DataView;
            const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
            expect(Array.from(bytes)).toEqual(model.slice(0, step.count));
          }
        }
        expect(queue.length).toBe(model.length);
      }
    }),
  );
});
