import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs `test/children/<script>` in a process of its own, to its natural end. Killed: `status` is null. */
export function runChild(script: string): { status: number | null; stdout: string; stderr: string } {
  const file = fileURLToPath(new URL(`../children/${script}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}
