import type { SeededRandom } from './seeded-random.js';

/** Where a direction breaks off: `end` as if it had been shut down there, `reset` as if the connection was lost. */
export interface Cut {
  readonly after: number;
  readonly how: 'end' | 'reset';
}

/** What goes wrong in one direction. */
export interface Faults {
  /** The most bytes of the next call, asked each time. */
  readonly atMost: () => number;
  /** How many turns of the event loop the next call comes late, asked each time. */
  readonly turnsLate: () => number;
  /** Whether each call that does not wait is told "would block" first. */
  readonly blocksEveryOther: boolean;
  readonly cut: Cut | null;
}

export const NO_FAULTS: Faults = {
  atMost: () => Number.POSITIVE_INFINITY,
  turnsLate: () => 0,
  blocksEveryOther: false,
  cut: null,
};

export const BYTE_BY_BYTE: Faults = { ...NO_FAULTS, atMost: () => 1 };

/** Late calls that are short by chance. */
export function randomFaults(random: SeededRandom): Faults {
  return {
    atMost: () => (random.between(0, 3) === 0 ? random.between(1, 7) : random.between(1, 5000)),
    turnsLate: () => Math.max(0, random.between(-6, 2)),
    blocksEveryOther: true,
    cut: null,
  };
}
