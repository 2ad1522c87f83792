export { type Exploration, explore, type Scenario } from './explore.js';
export { InterleavingError } from './interleaving-error.js';
export { type LoadOptions, loadSteppable, type Steppable } from './load-steppable.js';
export { loadWithStandIns, type StandIns } from './load-with-stand-ins.js';
export type { Mutation } from './mutate.js';
export { doStep, replay } from './replay.js';
export { diesWhere, forget, type Ghost, ghost, type Script, type Step, takeWhenSet } from './step.js';
