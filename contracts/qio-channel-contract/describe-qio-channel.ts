import { describe } from 'vitest';
import { aborting } from './behaviours/aborting.js';
import { abortingAtTheSameMoment } from './behaviours/aborting-at-the-same-moment.js';
import { contexts } from './behaviours/contexts.js';
import { cork } from './behaviours/cork.js';
import { cutAtEveryByte } from './behaviours/cut-at-every-byte.js';
import { ends } from './behaviours/ends.js';
import { oneAtATime } from './behaviours/one-at-a-time.js';
import { pieces } from './behaviours/pieces.js';
import { promises } from './behaviours/promises.js';
import { randomTraffic } from './behaviours/random-traffic.js';
import { shutdownAndClose } from './behaviours/shutdown-and-close.js';
import { transfers } from './behaviours/transfers.js';
import { whateverTheFaults } from './behaviours/whatever-the-faults.js';
import { wouldBlock } from './behaviours/would-block.js';
import { yielding } from './behaviours/yielding.js';
import { type ContractOptions, makeSuite, type OpenPair } from './suite.js';

const CONTRACT = [
  transfers,
  pieces,
  wouldBlock,
  yielding,
  oneAtATime,
  ends,
  shutdownAndClose,
  cork,
  promises,
  contexts,
  aborting,
  abortingAtTheSameMoment,
  randomTraffic,
  whateverTheFaults,
  cutAtEveryByte,
];

/** The suite that every channel runs: `describeQIOChannel('TCP', () => ...)`. What a kind cannot do is said in its title. */
export function describeQIOChannel(kind: string, openPair: OpenPair, options: ContractOptions = {}): void {
  const lacks = Object.entries(options.without ?? {}).map(([ability, why]) => `, without ${ability}: ${why}`);
  describe(`${kind} channel${lacks.join('')}`, () => {
    const suite = makeSuite(openPair, options);
    for (const tell of CONTRACT) tell(suite);
  });
}
