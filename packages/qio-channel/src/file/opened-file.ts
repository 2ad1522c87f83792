import { close, fstat, fstatSync, open, openSync, type PathLike, type Stats, stat } from 'node:fs';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { QIOChannelError } from '../qio-channel-error.js';
import { descriptorFlags, type FileAccess, parseFlags, withoutWaiting } from './descriptor-flags.js';

/**
 * `seekable`: a regular file or a block device. `device`: a character device, which has no position. `stream`: a FIFO, a pipe or a
 * socket, whose other end may keep a read or a write waiting for ever.
 */
export type FileKind = 'seekable' | 'device' | 'stream';

export interface OpenedFile {
  fd: number;
  kind: FileKind;
  access: FileAccess;
  /** The system puts each write at the end. */
  append: boolean;
  position: number;
  /** Whether it is the channel's to close. */
  owned: boolean;
}

/** @throws QIOChannelError `QIO_CHANNEL_OPEN`, `QIO_CHANNEL_UNSUPPORTED`. */
export async function openFile(path: PathLike, flags: string | number, mode?: number): Promise<OpenedFile> {
  const wanted = parseFlags(flags);
  let fd: number | undefined;
  try {
    // What waits in `open` for the other end would hold a thread of the pool, perhaps for ever.
    const fifo = !wanted.exclusive && (await isFifo(path));
    fd = await promisify(open)(path, fifo ? withoutWaiting(wanted) : flags, mode);
    const kind = kindOf(`open ${path}`, fd, await promisify(fstat)(fd));
    return { fd, kind, access: wanted.access, append: wanted.append, position: 0, owned: true };
  } catch (error) {
    if (fd !== undefined) close(fd, () => {});
    if (error instanceof QIOChannelError) throw error;
    throw new QIOChannelError('QIO_CHANNEL_OPEN', `open ${path}`, error);
  }
}

/** @throws QIOChannelError as {@link openFile}. */
export function adoptDescriptor(name: string, fd: number, owned: boolean, position?: number): OpenedFile {
  try {
    const stats = fstatSync(fd);
    const kind = kindOf(name, fd, stats);
    const flags = descriptorFlags(fd);
    return {
      ...flags,
      fd: kind === 'stream' && !owned ? reopened(name, fd, stats, flags.access) : fd,
      kind,
      position: position ?? flags.position,
      owned: owned || kind === 'stream',
    };
  } catch (error) {
    if (error instanceof QIOChannelError) throw error;
    throw new QIOChannelError('QIO_CHANNEL_OPEN', name, error);
  }
}

async function isFifo(path: PathLike): Promise<boolean> {
  try {
    return (await promisify(stat)(path)).isFIFO();
  } catch {
    // `open` will say why.
    return false;
  }
}

function kindOf(what: string, fd: number, stats: Stats): FileKind {
  if (stats.isFile() || stats.isBlockDevice()) return 'seekable';
  if (stats.isFIFO() || stats.isSocket()) return 'stream';
  if (stats.isCharacterDevice() && !isatty(fd)) return 'device';
  const kind = stats.isDirectory() ? 'folder' : stats.isCharacterDevice() ? 'terminal' : 'file of its type';
  throw new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${what}: a ${kind} cannot be a channel`);
}

/** The same pipe by a descriptor of our own: Node's handle makes the one it has non-blocking, and closes it. */
function reopened(name: string, fd: number, stats: Stats, access: FileAccess): number {
  if (stats.isSocket()) {
    throw new QIOChannelError(
      'QIO_CHANNEL_UNSUPPORTED',
      `${name}: a socket's descriptor cannot be lent, only given (autoClose)`,
    );
  }
  return openSync(`/dev/fd/${fd}`, withoutWaiting({ access, append: false, exclusive: false }));
}
