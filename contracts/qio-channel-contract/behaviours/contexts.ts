import { AioContext, getCurrentAioContext, getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, aioCoRescheduleSelf, aioCoSchedule, Coroutine, coRun, coSelf } from '@coaio/coroutine';
import { expect } from 'vitest';
import { expectBytes, pattern, readExactly, until } from '../bytes.js';
import type { Suite } from '../suite.js';

export function contexts({ proves }: Suite): void {
  for (const follow of [false, true]) {
    const title = follow ? 'following its coroutine' : 'by default';

    proves(
      `${title}, a coroutine goes on in its own context, and no nested poll of another runs it`,
      ['waiting', 'at once'],
      async (left, right) => {
        right.setFollowCoroutineCtx(follow);
        const own = new AioContext({ name: 'own' });
        const other = new AioContext({ name: 'other' });
        const seen: unknown[] = [];
        const reading = coRun(
          function* () {
            yield* readExactly(right, 1);
            seen.push(coSelf().context?.name, getCurrentAioContext()?.name);
          },
          { context: own },
        );
        own.poll();
        await coRun(() => left.writevAll([pattern(1)]));
        for (let times = 0; times < 3; times++) {
          other.poll();
          getMainAioContext().poll();
        }
        expect(seen).toEqual([]);
        await reading;
        expect(seen).toEqual(['own', 'own']);
      },
    );

    proves(
      `${title}, a coroutine that is scheduled elsewhere while it waits reads there`,
      ['waiting'],
      async (left, right) => {
        right.setFollowCoroutineCtx(follow);
        const [first, second] = [new AioContext({ name: 'first' }), new AioContext({ name: 'second' })];
        const seen: unknown[] = [];
        const reader = Coroutine.create(function* () {
          yield* readExactly(right, 1);
          seen.push(coSelf().context?.name);
        });
        aioCoEnter(first, reader);
        first.poll();
        aioCoSchedule(second, reader);
        second.poll();
        expect(seen).toEqual([]);
        await coRun(() => left.writevAll([pattern(1)]));
        await until(() => seen.length > 0);
        expect(seen).toEqual(['second']);
      },
    );

    proves(
      `${title}, a coroutine that moves itself between two reads goes on there`,
      ['waiting'],
      async (left, right) => {
        right.setFollowCoroutineCtx(follow);
        const [first, second] = [new AioContext({ name: 'first' }), new AioContext({ name: 'second' })];
        const seen: unknown[] = [];
        const reading = coRun(
          function* () {
            for (const context of [second, first, getMainAioContext()]) {
              yield* right.yield('in');
              yield* readExactly(right, 1);
              yield* aioCoRescheduleSelf(context);
              seen.push(context === coSelf().context);
            }
            yield* readExactly(right, 1);
            seen.push(coSelf().context?.name);
          },
          { context: first },
        );
        for (let times = 0; times < 4; times++) {
          await coRun(() => left.writevAll([pattern(1)]));
          await until(() => seen.length > times);
        }
        await reading;
        expect(seen).toEqual([true, true, true, 'main']);
      },
    );

    proves(
      `${title}, the memory of a read in another context is not touched after it`,
      ['waiting', 'both directions'],
      async (left, right) => {
        right.setFollowCoroutineCtx(follow);
        const own = new AioContext({ name: 'own' });
        const kept: Uint8Array[] = [];
        const rounds = 30;
        const reading = coRun(
          function* () {
            for (let round = 0; round < rounds; round++) {
              const memory = new Uint8Array(16);
              const count = yield* right.readv([memory]);
              kept.push(memory.subarray(0, count));
              yield* right.writevAll([Uint8Array.of(count)]);
            }
          },
          { context: own },
        );
        for (let round = 0; round < rounds; round++) {
          await coRun(() => left.writevAll([pattern(4, round * 4)]));
          expect(await coRun(() => readExactly(left, 1))).toEqual(Uint8Array.of(4));
        }
        await reading;
        expectBytes(Buffer.concat(kept), pattern(rounds * 4));
      },
    );
  }

  proves(
    'one coroutine reads in one context while another writes in a second',
    ['waiting', 'both directions'],
    async (left, right) => {
      const size = 2_000_000;
      const [reads, writes] = [new AioContext({ name: 'reads' }), new AioContext({ name: 'writes' })];
      for (const channel of [left, right]) channel.setFollowCoroutineCtx(true);
      const [there, back] = await Promise.all([
        coRun(() => readExactly(right, size), { context: reads }),
        coRun(() => readExactly(left, size), { context: reads }),
        coRun(() => left.writevAll([pattern(size)]), { context: writes }),
        coRun(() => right.writevAll([pattern(size, 5)]), { context: writes }),
      ]);
      expectBytes(there, pattern(size));
      expectBytes(back, pattern(size, 5));
    },
  );
}
