// One connection after another, each used by four threads at once: its own, which makes attempts, waits and cancels; one that waits; one that
// waits and cancels; one that cancels. One of these releases it in the middle of all that. About a second; COAIO_SOAK says how
// long instead, COAIO_SEED what each tries.
import type { IOThread } from '@coaio/aio-context';
import type { NbdClientConnectionHandle } from '@coaio/nbd-client';
import { print, stressMs, stressSeed } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startThread } from './support/connection-thread.js';

const racers = new URL('./workers/connection-racers.mjs', import.meta.url);
const ALLOWED = ['adopted', 'nothing there', 'REFUSED', 'GAVE_UP', 'NBD_BUSY', 'NBD_CANCELLED', 'NBD_CLOSED'];

interface Waits {
  adopted: number[];
  ends: Record<string, number>;
}
interface Results {
  made: number[];
  discarded: number[];
}

test('every wait ends, and every result has one owner', { timeout: 60_000 + 2 * stressMs() }, async () => {
  const [seed, ms] = [stressSeed(), stressMs()];
  const owner = await startThread('owner');
  const others = await Promise.all(['waits', 'both', 'cancels'].map(startThread));
  const [waits, both, cancels] = others as [IOThread, IOThread, IOThread];
  const totals: Record<string, number> = {};
  const since = performance.now();
  let rounds = 0;
  let adoptedElsewhere = 0;
  // On a loaded machine a second may show too little.
  const hasSeenAll = () => adoptedElsewhere > 0 && (totals['NBD_CANCELLED'] ?? 0) > 0;
  while (performance.now() - since < ms || !hasSeenAll()) {
    const own = seed + 7919 * rounds++;
    const name = `connection ${rounds}`;
    const handle = await owner.run<NbdClientConnectionHandle>(racers, 'makes', name, own);
    const releaser = rounds % 3;
    // Its own thread is the fastest to wait again: every other time it stands back.
    const waiters = rounds % 2 === 0 ? [waits, both] : [waits, both, owner];
    const waiting = waiters.map((thread, index) => thread.run<Waits>(racers, 'waits', handle, own + index));
    const cancelling = [both, cancels, owner].map((thread, index) =>
      thread.run(racers, 'cancels', handle, own + 10 + index, 60 * (index + 1), index === releaser),
    );
    const ended = await Promise.all(waiting);
    await Promise.all(cancelling);
    const { made, discarded } = await owner.run<Results>(racers, 'tells', name);
    const owned = [...ended.flatMap(({ adopted }) => adopted), ...discarded].sort((a, b) => a - b);
    expect(owned, `seed ${seed}, round ${rounds}`).toEqual(made);
    for (const { adopted } of ended.slice(0, 2)) adoptedElsewhere += adopted.length;
    for (const { ends } of ended) {
      for (const [end, count] of Object.entries(ends)) {
        expect(ALLOWED, `seed ${seed}, round ${rounds}`).toContain(end);
        totals[end] = (totals[end] ?? 0) + count;
      }
    }
    totals['discarded'] = (totals['discarded'] ?? 0) + discarded.length;
  }
  const seconds = (performance.now() - since) / 1000;
  const all = Object.entries(totals).map(([end, count]) => `${count} ${end}`);
  const rate = Math.round((totals['adopted'] ?? 0) / seconds);
  print(
    `${rounds} connections, ${rate} adopted/s, ${adoptedElsewhere} in other threads: ${all.join(', ')}; seed ${seed}`,
  );
});
