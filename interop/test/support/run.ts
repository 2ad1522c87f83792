import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a command to its end and gives what it printed. A failure is thrown with all of its output. */
export async function run(command: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 64 << 20 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '', code } = error as { stdout?: string; stderr?: string; code?: unknown };
    throw new Error(`${command} ${args.join(' ')}: ${code}\n${stdout}${stderr}`, { cause: error });
  }
}

/** As {@link run}, for a command that may fail. */
export async function outcome(
  command: string,
  ...args: string[]
): Promise<{ status: number | string; stdout: string; stderr: string }> {
  return await promisify(execFile)(command, args, { maxBuffer: 64 << 20 }).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, signal, stdout, stderr }) => ({ status: code ?? signal, stdout, stderr }),
  );
}
