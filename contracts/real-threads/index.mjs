export { blockUntil, set, sharedWords } from './shared-words.mjs';
export { print, stressMs, stressSeed } from './stress.mjs';
