import { coRun } from '@coaio/coroutine';
import { NbdServerError } from '@coaio/nbd-client';
import type { Connections } from './connections.js';
import type { JobPlan } from './job-plan.js';
import { PatternCheck } from './verify-pattern.js';
import { Work } from './work.js';

/**
 * Reads back what the first `count` I/Os of a plan have written, by going through them once more. Tells of each block: null, or what is
 * wrong with it.
 *
 * @param unsure offsets of writes that failed; they are left out
 * @param stopped ends it early
 * @throws what a connection was lost for
 */
export async function* rereadWritten(
  plan: JobPlan,
  count: number,
  connections: Connections,
  unsure: ReadonlySet<number>,
  stopped: AbortSignal,
): AsyncGenerator<unknown> {
  const { bs, iodepth, seed, random, blocks, readPercent } = plan;
  const work = new Work(plan);
  const check = new PatternCheck(bs, seed);
  const targets = Array.from({ length: iodepth }, () => connections.newMemory(bs));
  // In order, and without reads between, the first round has them all.
  const last = random || readPercent > 0 ? count : Math.min(count, blocks);
  while (work.count < last && !stopped.aborted) {
    const reading: Promise<unknown>[] = [];
    while (reading.length < iodepth && work.count < last) {
      work.next();
      const { offset, isWrite } = work;
      if (!isWrite || unsure.has(offset)) continue;
      const slot = reading.length;
      const target = targets[slot] as Buffer;
      reading.push(
        coRun(function* () {
          try {
            yield* connections.co(slot).readInto(offset, target);
            return check.complaint(target, offset);
          } catch (error) {
            if (error instanceof NbdServerError) return error;
            throw error;
          }
        }),
      );
    }
    yield* await Promise.all(reading);
  }
}
