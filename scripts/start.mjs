// npm start [-- ARGS]: nbd-bench with ARGS, after installing and building what is missing.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, root } from './workspace.mjs';

install();
build();
const command = join(root, 'apps/nbd-bench/dist/nbd-bench.js');
process.argv[1] = command;
await import(pathToFileURL(command).href);
