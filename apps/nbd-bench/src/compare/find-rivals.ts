import { BenchError, EXIT_RUN } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import type { SkippedRival } from './compare-results.js';
import type { ServerTraits } from './rival.js';
import { newRival, type RivalName } from './rivals.js';

/** Those that can be measured, with their versions, and the others. */
export interface FoundRivals {
  versions: ReadonlyMap<RivalName, string>;
  skipped: readonly SkippedRival[];
}

/** @throws BenchError when none is. */
export async function findInstalled(names: readonly RivalName[], interrupt: Interrupt): Promise<FoundRivals> {
  const versions = new Map<RivalName, string>();
  const skipped: SkippedRival[] = [];
  for (const name of names) {
    const version = await newRival(name)
      .version(interrupt.signal)
      .catch((error: unknown) => {
        throw interrupt.signal.aborted ? interrupt.error() : error;
      });
    if (version === undefined) skipped.push({ name, why: 'not installed, or without NBD' });
    else versions.set(name, version);
  }
  if (versions.size > 0) return { versions, skipped };
  throw new BenchError(EXIT_RUN, `no rival is installed: ${skipped.map(({ name }) => name).join(', ')}`);
}

/** Leaves out those that cannot measure such a server. @throws BenchError when none is left. */
export function leaveOutUnfit({ versions, skipped }: FoundRivals, server: ServerTraits): FoundRivals {
  const fit = new Map(versions);
  const unfit: SkippedRival[] = [];
  for (const name of versions.keys()) {
    const why = newRival(name).unfit?.(server);
    if (why === undefined) continue;
    fit.delete(name);
    unfit.push({ name, why });
  }
  if (fit.size > 0) return { versions: fit, skipped: [...skipped, ...unfit] };
  const reasons = unfit.map(({ name, why }) => `${name}: ${why}`);
  throw new BenchError(EXIT_RUN, `no rival can measure this server: ${reasons.join(', ')}`);
}
