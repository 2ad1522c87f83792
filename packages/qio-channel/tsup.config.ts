import { packageBuild } from '../../tsup.base.js';

// One chunk for what they share: a QIOChannelError is the same class, from whichever it came.
export default packageBuild({
  index: 'src/index.ts',
  shared: 'src/shared/index.ts',
  websock: 'src/websock/index.ts',
});
