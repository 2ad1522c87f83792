// npm test: every check there is. Types, lint, the import ladder, each package's tests, and the real servers.
import { build, install, run } from './workspace.mjs';

install();
build();
const stdout = /** @type {const} */ ({ output: 'stdout' });
run('biome', ['check', '.'], stdout);
run('depcruise', ['--config', '.dependency-cruiser.mjs', 'packages', 'apps'], stdout);
run('turbo', ['run', 'typecheck', 'publint', '--output-logs=errors-only'], stdout);
// Two at a time, for the tests start threads and processes of their own.
run('turbo', ['run', 'unit', '--concurrency=2', '--output-logs=new-only'], stdout);
run('turbo', ['run', 'interop', '--output-logs=full'], stdout);
