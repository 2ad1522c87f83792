import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { type Co, type CoAwaitOptions, coAwait, onAbort } from '@coaio/coroutine';
import type { IOVec } from '../iovec.js';
import { type IOCondition, QIO_CHANNEL_ERR_BLOCK, type ShutdownHow } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { HalvedChannel } from '../socket/halved-channel.js';
import { type CheckedCommand, type CommandOptions, checkCommand } from './command-options.js';
import { type CommandExit, CommandProcess } from './command-process.js';

/** `waiting`: nobody reads what is written, and how the command ends is not known yet. */
type Writing = { state: 'open' } | { state: 'waiting' } | { state: 'failed'; error: unknown };

/**
 * A command as a channel (QEMU's `QIOChannelCommand`): reading is its stdout, writing its stdin. If it fails, who reads at the end, or
 * writes when nobody reads any more, gets a {@link QIOChannelCommandError}: a stream that was cut off is no clean end.
 */
export class QIOChannelCommand extends HalvedChannel {
  readonly #command: CommandProcess;
  readonly #options: CheckedCommand;
  #writing: Writing = { state: 'open' };
  #takeBackAbort: () => void = () => {};
  #aborted = false;

  /**
   * Starts a command (`qio_channel_command_new_spawn`), without a shell: `spawn(['ssh', host, 'qemu-nbd', ...])`. Its stderr is read
   * and its end kept, for messages.
   *
   * @throws QIOChannelError `QIO_CHANNEL_COMMAND`: it could not be started, with the system's `errno`, or an option cannot be.
   */
  static async spawn(argv: readonly string[], options: CommandOptions = {}): Promise<QIOChannelCommand> {
    const checked = checkCommand(argv, options);
    options.signal?.throwIfAborted();
    const command = await CommandProcess.spawn(checked.name, argv, checked.flags, options);
    const channel = new QIOChannelCommand(checked, command, options.signal);
    // Aborted while it started: it is closed already.
    options.signal?.throwIfAborted();
    return channel;
  }

  private constructor(options: CheckedCommand, command: CommandProcess, signal: AbortSignal | undefined) {
    const { name, flags, exitWaitMs } = options;
    super(name, {
      openReading: flags === 'w' ? null : (onread) => openStdio(command.takeStdio('stdout'), onread),
      openWriting: flags === 'r' ? null : () => openStdio(command.takeStdio('stdin'), null),
      ended: () => command.afterExit(exitWaitMs, () => this.halves.endReading(command.failure)),
    });
    this.#options = options;
    this.#command = command;
    if (signal === undefined) return;
    this.#takeBackAbort = onAbort(signal, () => this.#abort(signal.reason));
    void this.exited.then(() => this.#takeBackAbort());
  }

  get pid(): number {
    return this.#command.pid;
  }

  /** How it ended. Never rejects. It holds the process open until then, unless the channel is closed: {@link waitExit} does also then. */
  get exited(): Promise<CommandExit> {
    return this.#command.exited;
  }

  /** Waits until the command has ended, by itself or after {@link close}. @throws the signal's reason. */
  *waitExit(options?: CoAwaitOptions): Co<CommandExit> {
    const release = this.#command.hold();
    try {
      return yield* coAwait(this.exited, options);
    } finally {
      release();
    }
  }

  protected override ioWritev(iov: IOVec): number {
    if (this.#writing.state === 'open') {
      try {
        return super.ioWritev(iov);
      } catch (error) {
        if (!(error instanceof QIOChannelError) || error.errno === undefined) throw error;
        this.#nobodyReads(error);
      }
    }
    if (this.#writing.state === 'failed') throw this.#writing.error;
    return QIO_CHANNEL_ERR_BLOCK;
  }

  protected override ioReady(condition: IOCondition): boolean {
    if (condition === 'out' && this.#writing.state !== 'open') return this.#writing.state === 'failed';
    return super.ioReady(condition);
  }

  protected override ioWatch(condition: IOCondition, iov: IOVec | null, abortable: boolean): void {
    if (condition === 'in' || this.#writing.state === 'open') super.ioWatch(condition, iov, abortable);
  }

  protected override ioAbandon(condition: IOCondition): number {
    return condition === 'in' || this.#writing.state === 'open' ? super.ioAbandon(condition) : 0;
  }

  protected override ioError(condition: IOCondition): Error | null {
    if (condition === 'out' && this.#writing.state === 'failed') return this.#writing.error as Error;
    return super.ioError(condition);
  }

  /** `'write'` closes its stdin, which is how most commands are told to come to an end. */
  protected override ioShutdown(how: ShutdownHow): void {
    super.ioShutdown(how);
    if (how !== 'read') this.#failWriting(this.#shutDown());
  }

  /** Closes its stdin and stdout. If it does not end by that: SIGTERM after a second, later SIGKILL; the options say when. */
  protected override ioClose(): void {
    this.#takeBackAbort();
    super.ioClose();
    this.#failWriting(this.#shutDown());
    this.#command.terminate(this.#aborted ? 0 : this.#options.termAfterMs, this.#options.killAfterMs);
  }

  #nobodyReads(error: QIOChannelError): void {
    this.#writing = { state: 'waiting' };
    this.#command.afterExit(this.#options.exitWaitMs, () => {
      this.#failWriting(this.#command.failure ?? error);
      this.writer.wake();
    });
  }

  #failWriting(error: unknown): void {
    if (this.#writing.state !== 'failed') this.#writing = { state: 'failed', error };
  }

  #abort(reason: unknown): void {
    const error = reason instanceof Error ? reason : this.#error(`its signal aborted: ${String(reason)}`);
    this.halves.endReading(error);
    this.#failWriting(error);
    this.#aborted = true;
    this.close();
  }

  #shutDown(): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.name}: write: it was shut down`);
  }

  #error(reason: string): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_COMMAND', `${this.name}: ${reason}`);
  }
}

/** As a socket channel does with what it accepted: only so can a connection that Node has opened have `onread`. */
function openStdio(handle: unknown, onread: OnReadOpts | null): Socket {
  const readable = onread !== null;
  const options = { handle, readable, writable: !readable, pauseOnCreate: true, allowHalfOpen: true, onread };
  const socket = new Socket(options as SocketConstructorOpts);
  if (readable) socket.resume();
  return socket;
}
