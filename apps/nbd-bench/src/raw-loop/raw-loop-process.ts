// The raw loop as a process: takes a load as JSON, prints what it came to as JSON.
import { parseNbdUri } from '@coaio/nbd-protocol';
import type { Load } from '../compare/compare-config.js';
import { rawLoop } from './raw-loop.js';

const [uri = '', load = '{}'] = process.argv.slice(2);
const turn = await rawLoop(parseNbdUri(uri), {
  ...{ numjobs: 1, connections: 1, offset: 0, randseed: 1, rwmixread: 50, verify: false },
  ...(JSON.parse(load) as Load),
});
process.stdout.write(`${JSON.stringify(turn)}\n`);
