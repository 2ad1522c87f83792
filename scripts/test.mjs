// npm test: every check there is. Lint, the import ladder, types, each package's tests, and the real servers.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, packageFolders, root, run } from './workspace.mjs';

install();
build();
const stdout = /** @type {const} */ ({ output: 'stdout' });
run('biome', ['check', '.'], stdout);
run('depcruise', ['--config', '.dependency-cruiser.mjs', 'packages', 'apps'], stdout);
run('turbo', ['run', 'typecheck', 'publint', 'attw', '--output-logs=errors-only'], stdout);
// Two at a time, for the tests start threads and processes of their own.
run('turbo', ['run', 'unit', '--concurrency=2', '--output-logs=new-only'], stdout);
run('turbo', ['run', 'interop', '--output-logs=new-only'], stdout);
console.log(summary());

/** All that failed has ended this process already. */
function summary() {
  let passed = 0;
  let skipped = 0;
  for (const folder of packageFolders()) {
    const file = join(root, folder, 'test-results.json');
    if (!existsSync(file)) continue;
    const { numPassedTests, numPendingTests } = JSON.parse(readFileSync(file, 'utf8'));
    passed += numPassedTests;
    skipped += numPendingTests;
  }
  return `${passed} passed, 0 failed, ${skipped} skipped`;
}
