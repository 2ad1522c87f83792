export * from './goal.mjs';
export * from './group.mjs';
export * from './measure-by-turns.mjs';
export * from './median.mjs';
export * from './print-by-turns.mjs';
