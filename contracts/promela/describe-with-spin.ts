import { spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { checkModel, seededBugs } from './check-model.js';

const inCi = process.env['CI'] !== undefined && process.env['CI'] !== 'false';
const missing = [
  ['spin', '-V'],
  ['gcc', '--version'],
].flatMap(([command = '', flag = '']) =>
  spawnSync(command, [flag], { stdio: 'ignore' }).error === undefined ? [] : [`${command} is not installed`],
);

/**
 * The model has no error in any state, and each of its seeded bugs has one. Without spin and gcc it is skipped, and its title says so;
 * in CI, which installs them, that is a failure.
 */
export function describeWithSpin(title: string, file: URL): void {
  if (missing.length === 0) describe(title, () => testModel(file));
  else if (inCi) {
    describe(title, () => {
      throw new Error(`${missing.join(', ')}: CI must have it`);
    });
  } else describe.skip(`${title} (skipped: ${missing.join(', ')})`, () => testModel(file));
}

function testModel(file: URL): void {
  // Millions of states: seconds, on a loaded machine more.
  vi.setConfig({ testTimeout: 300_000 });

  test('all its states were looked at, and none is wrong', () => {
    const { errors, complete, states, seconds, megabytes } = checkModel(file);
    process.stdout.write(`${states} states, ${seconds} s, ${megabytes} MB\n`);
    expect({ errors, complete }).toEqual({ errors: 0, complete: true });
    expect(states).toBeGreaterThan(100);
  });

  test.each(seededBugs(file))('an error is found with %s', (bug) => {
    expect(checkModel(file, [bug]).errors).toBeGreaterThan(0);
  });
}
