import { createHash } from 'node:crypto';
import { lstatSync, realpathSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../qio-channel-error.js';
import { MAX_UNIX_PATH } from './socket-address.js';

/**
 * Removes the socket at `path` if nobody listens there any more, as a killed listener leaves it, and calls `listen` in its stead.
 *
 * Two listeners may find the same one stale: the later would remove what the earlier has just made. On Linux a name of the kernel's
 * keeps the second out meanwhile, in other threads and processes too; it cannot be left behind.
 *
 * @returns false: it is in use, or no socket, or another listener is about to replace it.
 */
export async function replaceStaleSocket(path: string, listen: () => Promise<void>): Promise<boolean> {
  const lock = process.platform === 'linux' ? await tryLock(path) : null;
  if (lock === 'taken') return false;
  try {
    const found = socketAt(path);
    if (found === null || !(await refusesConnections(path))) return false;
    // Still the one that was tried: elsewhere than on Linux nobody is kept out.
    if (socketAt(path) !== found) return false;
    unlinkSync(path);
    await listen();
    return true;
  } finally {
    lock?.close();
  }
}

/** Which socket is there, null if none. Connecting to a regular file is refused just as well, and that is not ours to remove. */
function socketAt(path: string): string | null {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  // The number of a removed file is given to the next one.
  return stat?.isSocket() === true ? `${stat.ino} of ${stat.ctimeNs}` : null;
}

function refusesConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve(errnoOf(error) === 'ECONNREFUSED'));
  });
}

function tryLock(path: string): Promise<Server | 'taken'> {
  const real = join(realpathSync(dirname(path)), basename(path));
  // As long as can be: Node 20 fills a shorter one with zeros, and would have another lock than Node 22.
  const name = `\0coaio-listen-${createHash('sha256').update(real).digest('hex')}`.padEnd(
    MAX_UNIX_PATH + 1,
    'x',
  );
  return new Promise((resolve) => {
    const lock = createServer((socket) => socket.destroy());
    lock.once('error', () => resolve('taken'));
    lock.listen({ path: name }, () => resolve(lock));
  });
}
