import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type NbdUri, parseNbdUri } from '@coaio/nbd-protocol';

/**
 * Runs a shell command that finds the server in its environment, as nbdkit's `--run` has it: `uri`, and of it `exportname`, and
 * `unixsocket` or `port`. SIGTERM to this process goes to the command; SIGINT a terminal sends to both.
 *
 * @returns the status that a shell would tell of it.
 */
export async function runCaptive(command: string, uri: string): Promise<number> {
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: 'inherit',
    env: { ...process.env, uri, ...partsOf(parseNbdUri(uri)) },
  });
  const terminate = (): void => void child.kill('SIGTERM');
  const wait = (): void => {};
  process.on('SIGTERM', terminate).on('SIGINT', wait);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal ?? 'SIGKILL']));
    });
  } finally {
    process.off('SIGTERM', terminate).off('SIGINT', wait);
  }
}

function partsOf({ where, exportName }: NbdUri): Record<string, string> {
  const place = where.type === 'unix' ? { unixsocket: where.path } : { port: String(where.port) };
  return { ...place, exportname: exportName };
}
