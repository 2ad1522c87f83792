// The raw loop as a process: takes a form of replies and a load as JSON, prints what it came to as JSON.
import { parseNbdUri } from '@coaio/nbd-protocol';
import { EXIT_RUN, oneLine } from '../cli/failure.js';
import type { Load } from '../compare/compare-config.js';
import { type RawForm, rawLoop } from './raw-loop.js';

const [uri = '', form = 'simple', load = '{}'] = process.argv.slice(2);
try {
  const turn = await rawLoop(parseNbdUri(uri), form as RawForm, {
    ...{ numjobs: 1, connections: 1, offset: 0, randseed: 1, rwmixread: 50, verify: false },
    ...(JSON.parse(load) as Load),
  });
  process.stdout.write(`${JSON.stringify(turn)}\n`);
} catch (error) {
  process.stderr.write(`${oneLine(error)}\n`);
  process.exitCode = EXIT_RUN;
}
