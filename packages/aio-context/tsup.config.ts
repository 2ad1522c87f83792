import { packageBuild } from '../../tsup.base.js';

// The worker's entry shares its chunk with the index: in one thread there is one "current context".
export default packageBuild({
  index: 'src/index.ts',
  shared: 'src/shared/index.ts',
  'io-thread-worker': 'src/io-thread/io-thread-worker.ts',
});
