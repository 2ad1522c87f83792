import { type Co, coRun } from '@coaio/coroutine';
import type { QIOChannel, SeekWhence } from '@coaio/qio-channel';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ArrayFile } from './array-file.js';

const lengths = fc.array(fc.oneof(fc.nat(3), fc.nat(300)), { maxLength: 4 });

const step = fc.oneof(
  fc.record({ call: fc.constantFrom('readv', 'writev', 'tryReadv', 'tryWritev'), lengths }),
  fc.record({ call: fc.constantFrom('preadv', 'pwritev'), lengths, offset: fc.nat(2000) }),
  fc.record({
    call: fc.constant('seek'),
    offset: fc.integer({ min: -500, max: 500 }),
    whence: fc.constantFrom<SeekWhence>('set', 'current', 'end'),
  }),
);
export type SeekableStep = {
  call: string;
  lengths?: number[];
  offset?: number;
  whence?: SeekWhence;
};

/** Runs random calls on a channel and on an array, and compares all they give and what is in the end in both. */
export async function agreesWithAnArray(
  open: () => Promise<QIOChannel>,
  contents: (channel: QIOChannel) => Promise<Uint8Array>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps: SeekableStep[]) => {
      const channel = await open();
      const model = new ArrayFile();
      for (const [number, each] of steps.entries()) {
        const got = await coRun(() => onChannel(channel, each, number));
        expect(got, `step ${number}`).toEqual(onModel(model, each, number));
      }
      expect([...(await contents(channel))]).toEqual(model.bytes);
    }),
    { numRuns: 60 },
  );
}

/** The pieces of a read are filled with what no write has, so that bytes that must stay are seen to. */
function pieces(each: SeekableStep, number: number): Uint8Array[] {
  const value = each.call.toLowerCase().includes('write') ? 1 + (number % 100) : 200;
  return (each.lengths ?? []).map((length, index) => new Uint8Array(length).fill(value + index));
}

function* onChannel(channel: QIOChannel, each: SeekableStep, number: number): Co<unknown> {
  const iov = pieces(each, number);
  const { call, offset = 0 } = each;
  if (call === 'seek') return seekOrCode(() => channel.seek(offset, each.whence));
  if (call === 'readv') return [yield* channel.readv(iov), iov];
  if (call === 'writev') return yield* channel.writev(iov);
  if (call === 'tryReadv') return [channel.tryReadv(iov), iov];
  if (call === 'tryWritev') return channel.tryWritev(iov);
  if (call === 'preadv') return [yield* channel.preadv(iov, offset), iov];
  return yield* channel.pwritev(iov, offset);
}

function onModel(model: ArrayFile, each: SeekableStep, number: number): unknown {
  const iov = pieces(each, number);
  const { call, offset = 0 } = each;
  if (call === 'seek') {
    const from = { set: 0, current: model.position, end: model.bytes.length }[each.whence ?? 'set'];
    if (from + offset < 0) return 'QIO_CHANNEL_POSITION';
    model.position = from + offset;
    return model.position;
  }
  const reads = call.toLowerCase().includes('read');
  const at = call.startsWith('p') ? offset : model.position;
  const count = reads ? model.read(iov, at) : model.write(iov, at);
  if (!call.startsWith('p')) model.position += count;
  return reads ? [count, iov] : count;
}

function seekOrCode(seek: () => number): unknown {
  try {
    return seek();
  } catch (error) {
    return (error as { code: unknown }).code;
  }
}
