import { AioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { expect } from 'vitest';
import { expectBytes, pattern, readToTheEnd } from '../bytes.js';
import type { Suite } from '../suite.js';

/** After how many turns of the event loop the signal aborts: some are before the bytes have come, some after. */
const TURNS = [0, 1, 2, 3, 4, 6, 9];

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

export function abortingAtTheSameMoment({ proves }: Suite): void {
  for (const order of ['written, then aborted', 'aborted, then written'] as const) {
    proves(
      `${order}: a readv has the bytes or the reason, and none is lost or doubled`,
      ['waiting'],
      async (left, right) => {
        const parts: Uint8Array[] = [];
        let sent = 0;
        for (const count of TURNS) {
          const giveUp = new AbortController();
          const target = new Uint8Array(50);
          const reading = coRun(() => right.readv([target], { signal: giveUp.signal })).catch(
            (reason: unknown) => reason,
          );
          const write = (): Promise<void> => coRun(() => left.writevAll([pattern(20, sent)]));
          if (order === 'aborted, then written') {
            await turns(count);
            giveUp.abort('enough');
            await write();
          } else {
            await write();
            await turns(count);
            giveUp.abort('enough');
          }
          sent += 20;
          const outcome = await reading;
          if (outcome === 'enough') expect(target.every((byte) => byte === 0)).toBe(true);
          else parts.push(target.subarray(0, outcome as number));
        }
        left.close();
        parts.push(await coRun(() => readToTheEnd(right)));
        expectBytes(Buffer.concat(parts), pattern(sent));
      },
    );
  }

  proves(
    'woken by bytes and aborted before its turn, a read in another context has one outcome',
    ['waiting'],
    async (left, right) => {
      const own = new AioContext({ name: 'own' });
      const giveUp = new AbortController();
      const target = new Uint8Array(10);
      const reading = coRun(() => right.readv([target], { signal: giveUp.signal }), { context: own }).catch(
        (reason: unknown) => reason,
      );
      own.poll();
      await coRun(function* () {
        yield* left.writevAll([pattern(10)]);
        giveUp.abort('enough');
      });
      const outcome = await reading;
      if (outcome === 'enough') expect(target.every((byte) => byte === 0)).toBe(true);
      const count = outcome === 'enough' ? 0 : (outcome as number);
      left.close();
      const rest = await coRun(() => readToTheEnd(right));
      expectBytes(Buffer.concat([target.subarray(0, count), rest]), pattern(10));
    },
  );

  proves(
    'abort and shutdown at the same moment: one outcome, and the channel is at its end',
    ['waiting'],
    async (_left, right) => {
      const giveUp = new AbortController();
      const reading = coRun(() => right.readv([new Uint8Array(1)], { signal: giveUp.signal }));
      right.shutdown('read');
      giveUp.abort('enough');
      const outcome = await reading.catch((reason: unknown) => reason);
      expect([0, 'enough']).toContain(outcome);
      expect(await coRun(() => right.readv([new Uint8Array(1)]))).toBe(0);
    },
  );
}
