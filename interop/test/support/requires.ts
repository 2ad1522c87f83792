import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

const inCi = process.env['CI'] !== undefined && process.env['CI'] !== 'false';

/** A command, or one with arguments that must succeed. */
type Requirement = string | readonly [string, ...string[]];

/** Why it cannot be used here; undefined if it can. */
function missing(requirement: Requirement): string | undefined {
  if (typeof requirement === 'string') {
    const { error } = spawnSync(requirement, ['--version'], { stdio: 'ignore' });
    return error === undefined ? undefined : `${requirement} is not installed`;
  }
  const [command, ...args] = requirement;
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  return status === 0 ? undefined : `${requirement.join(' ')} does not succeed`;
}

/**
 * A `describe` for tests that need these commands. Where one is missing the tests are skipped and their title says
 * why; in CI, which installs them all, that is a failure.
 */
export function describeWith(commands: readonly Requirement[], title: string, body: () => void): void {
  const reasons = commands.map(missing).filter((reason) => reason !== undefined);
  if (reasons.length === 0) describe(title, body);
  else if (inCi) {
    describe(title, () => {
      throw new Error(`${reasons.join(', ')}: CI must have it`);
    });
  } else describe.skip(`${title} (skipped: ${reasons.join(', ')})`, body);
}
