export { describeQIOChannel } from './describe-qio-channel.js';
export { type Cut, type Faults, NO_FAULTS } from './faults/faults.js';
export { FaultyChannel } from './faults/faulty-channel.js';
export { SeededRandom, withSeed } from './faults/seeded-random.js';
export type { Ability, ContractOptions, OpenPair, Pair } from './suite.js';
