// node scripts/check-models.mjs [name]: searches all states of the Promela models, and for each of their seeded bugs, as the tests do.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolders, root, run } from './workspace.mjs';

const wanted = process.argv[2] ?? '';
for (const folder of packageFolders().map((name) => join(root, name))) {
  if (!readdirSync(folder).includes('models')) continue;
  const config = join(root, 'vitest.config.ts');
  run(
    'vitest',
    [
      'run',
      '--passWithNoTests',
      '--root',
      folder,
      '--config',
      config,
      `${wanted}-model-holds`.replace(/^-/, ''),
    ],
    {
      output: 'stdout',
    },
  );
}
