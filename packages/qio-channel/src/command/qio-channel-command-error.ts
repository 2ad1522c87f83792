import { QIOChannelError } from '../qio-channel-error.js';
import type { CommandExit } from './command-process.js';

/** The command has failed: it ended with a status that is not 0, or by a signal. `code` is `QIO_CHANNEL_COMMAND`. */
export class QIOChannelCommandError extends QIOChannelError implements CommandExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last it wrote to its stderr, 4 KiB at most. */
  readonly stderr: string;

  constructor(name: string, exit: CommandExit, stderr: string) {
    const how = exit.signal === null ? `ended with status ${exit.exitCode}` : `was killed by ${exit.signal}`;
    const said = stderr.trim();
    super('QIO_CHANNEL_COMMAND', `${name}: it ${how}${said === '' ? '' : `: ${said}`}`);
    this.exitCode = exit.exitCode;
    this.signal = exit.signal;
    this.stderr = stderr;
  }
}
