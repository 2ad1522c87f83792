import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import type { ExportInfo } from '@coaio/nbd-protocol';
import type { WriteOptions } from '../co-nbd-client.js';
import type { RequestOptions } from '../requests/request-options.js';
import { AttachedCommands } from './attached-commands.js';
import type { ClientCommands } from './client-commands.js';
import { assertClientHandle, type NbdClientHandle } from './client-handle.js';
import { localClients } from './client-share.js';
import { ClientView } from './client-view.js';
import { OwnCommands } from './own-commands.js';

export interface AttachOptions {
  /** Where promises run, and answers come in; default: the current context, or one of its own in a thread that has none. */
  context?: AioContext;
}

/**
 * A view of a client in another thread, from `NbdClient.attach(handle)`: the same commands, and the same errors. They are done on the
 * client's connection by its thread, and each caller is woken on its own context. Buffers in shared memory are read and written where
 * they lie; others are copied once more.
 *
 * When the client's thread ends, calls reject with `NBD_THREAD_GONE`. When this one ends, what it had under way is dropped, and the
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

  /** What the handshake said of the export. */
  get info(): ExportInfo {
    return this.co.info;
  }

  get structuredReplies(): boolean {
    return this.handle.structuredReplies;
  }

  /** As `NbdClient.read`. */
  read(offset: number | bigint, length: number, options?: RequestOptions): Promise<Buffer> {
    return coRun(() => this.co.read(offset, length, options), { context: this.#context });
  }

  /** As `NbdClient.readInto`; without any copy if `target` is in shared memory. */
  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Promise<void> {
    return coRun(() => this.co.readInto(offset, target, options), { context: this.#context });
  }

  /** As `NbdClient.write`; without any copy if `data` is in shared memory. */
  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions & RequestOptions): Promise<void> {
    return coRun(() => this.co.write(offset, data, options), { context: this.#context });
  }

  /** As `NbdClient.flush`: writes of all threads. */
  flush(options?: RequestOptions): Promise<void> {
    return coRun(() => this.co.flush(options), { context: this.#context });
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
}
