export { type Exploration, explore, type Scenario } from './explore.js';
export { InterleavingError } from './interleaving-error.js';
export { type LoadOptions, loadSteppable, type Steppable } from './load-steppable.js';
export { diesWhere, forget, ghost, type Script, type Step, takeWhenSet } from './step.js';
