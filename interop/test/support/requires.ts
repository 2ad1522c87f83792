import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

const inCi = process.env['CI'] !== undefined && process.env['CI'] !== 'false';

/** Why `command` cannot be used here; undefined if it can. */
function missing(command: string): string | undefined {
  const { error } = spawnSync(command, ['--version'], { stdio: 'ignore' });
  return error === undefined ? undefined : `${command} is not installed`;
}

/**
 * A `describe` for tests that need these commands. Where one is missing the tests are skipped and their title says
 * why; in CI, which installs them all, that is a failure.
 */
export function describeWith(commands: readonly string[], title: string, body: () => void): void {
  const reasons = commands.map(missing).filter((reason) => reason !== undefined);
  if (reasons.length === 0) describe(title, body);
  else if (inCi) {
    describe(title, () => {
      throw new Error(`${reasons.join(', ')}: CI must have it`);
    });
  } else describe.skip(`${title} (skipped: ${reasons.join(', ')})`, body);
}
