export { type CheckedModel, checkModel, seededBugs } from './check-model.js';
export { describeWithSpin } from './describe-with-spin.js';
