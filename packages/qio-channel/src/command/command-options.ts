import { QIOChannelError } from '../qio-channel-error.js';
import type { CommandFlags } from './command-process.js';

export interface CommandOptions {
  /** What of it is the channel: `'r'` its stdout, `'w'` its stdin, `'rw'` both, the default. The other one is `/dev/null`. */
  flags?: CommandFlags;
  /** Its working folder; default: this process's. */
  cwd?: string;
  /** Its environment, all of it; default: this process's. */
  env?: NodeJS.ProcessEnv;
  /** Ends the command when it aborts, at any time: readers and writers get the signal's reason, then it is closed. */
  signal?: AbortSignal;
  /** What `close` gives it to end by itself, now that its stdin has ended, before the SIGTERM, in ms; default 1000. */
  termAfterMs?: number;
  /** From that SIGTERM to the SIGKILL for who ignores it, in ms; default 5000. */
  killAfterMs?: number;
  /**
   * A command may close its stdout and still fail: how long a reader at the end waits to see how it ends, in ms; default 1000. Later,
   * the end counts as a clean one. `Infinity` waits until it ends, 0 not at all, as QEMU. Also for a writer whom nobody reads.
   */
  exitWaitMs?: number;
  /** Shown in errors; default: the command's first word. */
  name?: string;
}

/** What `setTimeout` can count; more would be no time at all. */
const MAX_TIMEOUT = 2 ** 31 - 1;

export interface CheckedCommand {
  name: string;
  flags: CommandFlags;
  termAfterMs: number;
  killAfterMs: number;
  exitWaitMs: number;
}

/** @throws QIOChannelError `QIO_CHANNEL_COMMAND`, naming what cannot be. */
export function checkCommand(argv: readonly string[], options: CommandOptions): CheckedCommand {
  const { flags = 'rw', termAfterMs = 1000, killAfterMs = 5000, exitWaitMs = 1000 } = options;
  if (!Array.isArray(argv)) {
    const detail = `argv is of type ${typeof argv}, not a list of the command and its arguments`;
    throw new QIOChannelError('QIO_CHANNEL_COMMAND', detail);
  }
  const name = options.name ?? `command "${argv[0] ?? ''}"`;
  const refuse = (reason: string): never => {
    throw new QIOChannelError('QIO_CHANNEL_COMMAND', `${name}: ${reason}`);
  };
  if (argv.length === 0 || argv[0] === '') refuse('argv has no command');
  if (flags !== 'r' && flags !== 'w' && flags !== 'rw') refuse(`flags "${flags}" are not "r", "w" or "rw"`);
  for (const [option, ms] of Object.entries({ termAfterMs, killAfterMs })) {
    if (!(ms >= 0 && ms <= MAX_TIMEOUT)) refuse(`${option} ${ms} is not in 0 to ${MAX_TIMEOUT}`);
  }
  if (!(exitWaitMs >= 0 && (exitWaitMs <= MAX_TIMEOUT || exitWaitMs === Number.POSITIVE_INFINITY))) {
    refuse(`exitWaitMs ${exitWaitMs} is neither in 0 to ${MAX_TIMEOUT} nor Infinity`);
  }
  return { name, flags, termAfterMs, killAfterMs, exitWaitMs };
}
