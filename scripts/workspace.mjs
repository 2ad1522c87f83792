// Brings the workspace to where a command can run: dependencies installed, packages built. Each step is skipped when
// nothing has changed since it was last done. All that it prints goes to stderr: stdout belongs to what follows.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.installed-for');
const { packageManager, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Workspace tools come first in PATH: turbo looks for pnpm there. */
const env = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
};

/**
 * Runs a command to its end. A failure ends this process with the same status.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, output?: 'stdout' | 'stderr' }} [options] quiet: output is shown only if it fails
 */
export function run(command, args, { quiet = false, output = 'stderr' } = {}) {
  const out = quiet ? 'pipe' : output === 'stderr' ? 2 : 'inherit';
  // A shell only where npx is a script that needs one.
  const shell = process.platform === 'win32';
  const result = spawnSync(command, args, {
    cwd: root,
    env,
    shell,
    stdio: ['ignore', out, quiet ? 'pipe' : 2],
  });
  if (result.status === 0) return;
  if (quiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  console.error(`${command} ${args.join(' ')}: ${result.error?.message ?? `exit status ${result.status}`}`);
  process.exit(result.status ?? 1);
}

/** Installs if a manifest or the lockfile has changed since the last time. */
export function install() {
  assertNode();
  const stamp = manifestHash();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.error('Installing dependencies ...');
  run('npx', ['--yes', packageManager, 'install', '--reporter=append-only'], { quiet: true });
  // Of the lockfile as it is now: the install may have written it.
  writeFileSync(stampFile, manifestHash());
}

/** Builds what has changed, with turborepo's cache. */
export function build() {
  run('turbo', ['run', 'build', '--output-logs=errors-only', '--log-order=grouped'], { quiet: true });
}

function assertNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`coaio needs Node ${engines.node}, this is ${process.versions.node}`);
  process.exit(1);
}

/** The folders of the workspace's packages. */
export function packageFolders() {
  const inside = ['packages', 'apps', 'contracts'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );
  return [...inside, 'examples', 'interop'];
}

function manifestHash() {
  const hash = createHash('sha256').update(process.versions.node);
  const manifests = ['.', ...packageFolders()].map((folder) => join(folder, 'package.json'));
  for (const file of [...manifests, 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}
