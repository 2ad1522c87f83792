import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { type Co, coRun } from '@coaio/coroutine';
import type { ExportInfo } from '@coaio/nbd-protocol';
import type { BlockStatusOptions, WriteOptions, WriteZeroesOptions } from '../commands/co-nbd-client.js';
import type { RequestOptions } from '../requests/request-options.js';
import type { BlockStatus } from '../requests/status-reply.js';
import { AttachedCommands } from './attached-commands.js';
import type { ClientCommands } from './client-commands.js';
import { assertClientHandle, type NbdClientHandle } from './client-handle.js';
import { localClients } from './client-share.js';
import { ClientView } from './client-view.js';
import { OwnCommands } from './own-commands.js';

export interface AttachOptions {
  /** Where promises run, and answers come in; default: the current context, or one of its own in a thread that has none. */
  context?: AioContext | undefined;
}

/**
 * A view of a client in another thread, from `NbdClient.attach(handle)`: the same commands, and the same errors. They are done on the
 * client's connection by its thread, and each caller is woken on its own context. Buffers in shared memory are read and written where
 * they lie; others are copied once more.
 *
 * Limits in time count from when the client's thread takes the request. When that thread ends, calls reject with `NBD_THREAD_GONE`. When this one ends, what it had under way is dropped, and the
 * client lives on.
 *
 * @thread the one that attached it.
 */
export class AttachedNbdClient {
  /** What names the client in other threads. */
  readonly handle: NbdClientHandle;
  /** The same commands for use inside coroutines. */
  readonly co: ClientCommands;
  readonly #context: AioContext;
  readonly #end: () => Promise<void>;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(handle: NbdClientHandle, options: AttachOptions = {}) {
    assertClientHandle(handle);
    const context =
      options.context ?? getCurrentAioContext() ?? new AioContext({ name: 'attached nbd-client' });
    const { cell, generation } = handle.serve;
    const own = localClients.get(cell, generation);
    const commands =
      own === undefined ? new AttachedCommands(new ClientView(handle, context)) : new OwnCommands(own.co);
    this.handle = handle;
    this.co = commands;
    this.#context = context;
    this.#end = () => commands.close();
  }

  /** What the handshake said of the export, as it was known when the handle was given. */
  get info(): ExportInfo {
    return this.co.info;
  }

  get structuredReplies(): boolean {
    return this.handle.structuredReplies;
  }

  /** As `NbdClient.read`. */
  read(offset: number | bigint, length: number | bigint, options?: RequestOptions): Promise<Buffer> {
    return this.#run(() => this.co.read(offset, length, options));
  }

  /** As `NbdClient.readInto`; without any copy if `target` is in shared memory. */
  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Promise<void> {
    return this.#run(() => this.co.readInto(offset, target, options));
  }

  /** As `NbdClient.write`; without any copy if `data` is in shared memory. */
  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Promise<void> {
    return this.#run(() => this.co.write(offset, data, options));
  }

  /** As `NbdClient.flush`: writes of all threads. */
  flush(options?: RequestOptions): Promise<void> {
    return this.#run(() => this.co.flush(options));
  }

  /** As `NbdClient.trim`. */
  trim(offset: number | bigint, length: number | bigint, options?: WriteOptions): Promise<void> {
    return this.#run(() => this.co.trim(offset, length, options));
  }

  /** As `NbdClient.writeZeroes`. */
  writeZeroes(offset: number | bigint, length: number | bigint, options?: WriteZeroesOptions): Promise<void> {
    return this.#run(() => this.co.writeZeroes(offset, length, options));
  }

  /** As `NbdClient.cache`. */
  cache(offset: number | bigint, length: number | bigint, options?: RequestOptions): Promise<void> {
    return this.#run(() => this.co.cache(offset, length, options));
  }

  /** As `NbdClient.blockStatus`. */
  blockStatus(
    offset: number | bigint,
    length: number | bigint,
    options?: BlockStatusOptions,
  ): Promise<BlockStatus> {
    return this.#run(() => this.co.blockStatus(offset, length, options));
  }

  /**
   * Takes no more calls, waits for those under way, and lets go of the client, which stays with its thread and the others. It does not
   * flush. Again is no error.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #run<T>(command: () => Co<T>): Promise<T> {
    return coRun(command, { context: this.#context });
  }
}
