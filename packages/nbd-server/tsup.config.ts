import { packageBuild } from '../../tsup.base.js';

// The threads' entry shares its chunk with the index: their servers are of the class that the index exports.
export default packageBuild({
  index: 'src/index.ts',
  'nbd-serve': 'src/nbd-serve/main.ts',
  'server-thread': 'src/threads/server-thread.ts',
});
