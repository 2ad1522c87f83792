import { constants, readFileSync } from 'node:fs';
import { QIOChannelError } from '../qio-channel-error.js';

/** What a descriptor was opened for. */
export type FileAccess = 'r' | 'w' | 'rw';

/** Flags of `open`, by their names as `node:fs` has them (`'r'`, `'a+'`, `'wx'`) or by their number. */
export interface OpenFlags {
  access: FileAccess;
  append: boolean;
  exclusive: boolean;
}

export function parseFlags(flags: string | number): OpenFlags {
  if (typeof flags === 'number') {
    return {
      access: accessOf(flags),
      append: (flags & constants.O_APPEND) !== 0,
      exclusive: (flags & constants.O_EXCL) !== 0,
    };
  }
  if (typeof flags !== 'string') {
    const detail = `the flags are of type ${typeof flags}, not a string such as 'r' or a number`;
    throw new QIOChannelError('QIO_CHANNEL_BAD_ARGUMENT', detail);
  }
  const reads = flags.includes('r');
  return {
    access: flags.includes('+') ? 'rw' : reads ? 'r' : 'w',
    append: flags.includes('a'),
    exclusive: flags.includes('x'),
  };
}

/** The number for `open` that does not wait for the other end of a FIFO. */
export function withoutWaiting(flags: OpenFlags): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK = 0 } = constants;
  return { r: O_RDONLY, w: O_WRONLY, rw: O_RDWR }[flags.access] | O_NONBLOCK;
}

/** What the system knows of an open descriptor. Node can ask neither `fcntl` nor `lseek`, Linux's procfs tells both. */
export interface DescriptorFlags {
  access: FileAccess;
  append: boolean;
  position: number;
}

/** Elsewhere than on Linux: it may do both, at the start; the system refuses what it may not. */
export function descriptorFlags(fd: number): DescriptorFlags {
  let info: string;
  try {
    info = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
  } catch {
    return { access: 'rw', append: false, position: 0 };
  }
  const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '2', 8);
  return {
    access: accessOf(flags),
    append: (flags & constants.O_APPEND) !== 0,
    position: Number(/^pos:\s*(\d+)/m.exec(info)?.[1] ?? 0),
  };
}

function accessOf(flags: number): FileAccess {
  const bits = flags & (constants.O_WRONLY | constants.O_RDWR);
  return bits === constants.O_RDONLY ? 'r' : bits === constants.O_WRONLY ? 'w' : 'rw';
}
