import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { QIOChannelError } from '../qio-channel-error.js';
import { HalvedChannel } from '../socket/halved-channel.js';

const NAME = 'stdin and stdout';

export interface StdioOptions {
  /** The descriptor to read from; default 0. */
  input?: number;
  /** The descriptor to write to; default 1. */
  output?: number;
}

/**
 * The other side of a `QIOChannelCommand`: what started this process talks to it through its stdin and stdout, two pipes or, from
 * inetd, one socket. Nothing else may use them: `process.stdin`, `process.stdout` and `console.log` do.
 */
export class QIOChannelStdio extends HalvedChannel {
  /** @throws QIOChannelError `QIO_CHANNEL_UNSUPPORTED`: a terminal, a file, or nothing at all. */
  static open({ input = 0, output = 1 }: StdioOptions = {}): QIOChannelStdio {
    return new QIOChannelStdio(input, output);
  }

  private constructor(input: number, output: number) {
    super(NAME, {
      openReading: (onread) => openDescriptor(input, onread),
      openWriting: () => openDescriptor(output),
    });
  }
}

function openDescriptor(fd: number, onread?: OnReadOpts): Socket {
  const readable = onread !== undefined;
  // Its types lack `onread` beside `fd`.
  const options = { fd, readable, writable: !readable, allowHalfOpen: true, onread };
  try {
    return new Socket(options as SocketConstructorOpts);
  } catch (error) {
    throw new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${NAME}: no pipe or socket`, error);
  }
}
