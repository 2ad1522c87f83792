import type { CompareResults } from '../../src/compare/compare-results.js';
import type { RivalSummary } from '../../src/compare/ratios.js';

export function rivalSummary(name: string, ratios: [number, number, number]): RivalSummary {
  const [medianRatio, minRatio, maxRatio] = ratios;
  return {
    ...{ name, version: '9.9', rw: 'read', rounds: 3, ourMedianIops: 1000, medianIops: 1000 / medianRatio },
    ...{ medianRatio, minRatio, maxRatio },
  };
}

/** Of one load: twice as fast as fio, half as fast as qemu-img. */
export function compareResults(fields: Partial<CompareResults> = {}): CompareResults {
  const load = { rw: 'read', bs: 4096, iodepth: 16, runtime: 1, rampTime: 0, pollMaxNs: 0 } as const;
  return {
    config: {
      ...{ rw: ['read'], bs: [4096], iodepth: [16], runtime: 1, rampTime: 0, pollMaxNs: 0, rounds: 3 },
      rival: ['fio', 'qemu-img'],
    },
    server: { uri: 'nbd://localhost', embedded: false },
    loads: [
      {
        load,
        rounds: [],
        rivals: [rivalSummary('fio', [2, 1.5, 2.5]), rivalSummary('qemu-img', [0.5, 0.4, 0.6])],
      },
    ],
    skipped: [],
    failure: undefined,
    interrupted: false,
    ...fields,
  };
}
