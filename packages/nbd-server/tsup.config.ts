import { packageBuild } from '../../tsup.base.js';

// The threads' entries share their chunks with the index: their servers are of the class that the index exports.
export default packageBuild({
  index: 'src/index.ts',
  'nbd-serve': 'src/nbd-serve/main.ts',
  'nbd-serve-thread': 'src/nbd-serve/nbd-serve-thread.ts',
  'server-thread': 'src/threads/server-thread.ts',
});
