import { packageBuild } from '../../tsup.base.js';

export default packageBuild({ index: 'src/index.ts', 'nbd-serve': 'src/nbd-serve/main.ts' });
