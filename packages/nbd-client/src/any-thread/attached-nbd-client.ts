import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import type { ClientCommands } from '../commands/client-commands.js';
import type { NbdCapabilities } from '../nbd-capabilities.js';
import type { NbdClientEvent } from '../nbd-client-event.js';
import { type Checks, callback, checkOptions, having } from '../option-checks.js';
import { PromisedSequences } from '../sequences/promised-sequences.js';
import { AttachedCommands } from './attached-commands.js';
import { assertClientHandle, type NbdClientHandle } from './client-handle.js';
import { localClients } from './client-share.js';
import { ClientView } from './client-view.js';
import { onCrossedEvent } from './crossed-event.js';
import { OwnCommands } from './own-commands.js';

export interface AttachOptions {
  /** Where promises run, and answers come in; default: the current context, or one of its own in a thread that has none. */
  context?: AioContext | undefined;
  /** Told what becomes of the client's connections from now on, a little after the client's own. What it throws is an uncaught exception. */
  onEvent?: ((event: NbdClientEvent) => void) | undefined;
}

const OPTIONS: Checks<AttachOptions> = {
  context: having('an AioContext', 'createBottomHalf', 'createTimer'),
  onEvent: callback,
};

/**
 * A view of a client in another thread, from `NbdClient.attach(handle)`: the same commands, extents, chunks and streams, and the same errors.
 * They are done on the client's connection by its thread, and each caller is woken on its own context. Buffers in shared memory are read and
 * written where they lie; others are copied once more. `flush` covers the writes of all threads.
 *
 * The chunks of one request of `readChunks` come together, once the server has sent the last of them: of a reply that is cut off another is as
 * good. What the view says of the export is as it was when the handle was given.
 *
 * Limits in time are of the wait in line here, and anew from when the client's thread takes the request. When that thread ends, calls reject
 * with `NBD_THREAD_GONE`. When this one ends, what it had under way is dropped, and the client lives on.
 *
 * @thread the one that attached it.
 */
export class AttachedNbdClient extends PromisedSequences<ClientCommands> {
  /** What names the client in other threads. */
  readonly handle: NbdClientHandle;
  readonly #end: () => Promise<void>;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(handle: NbdClientHandle, options: AttachOptions = {}) {
    assertClientHandle(handle);
    checkOptions('attach', '', OPTIONS, options);
    const context =
      options.context ?? getCurrentAioContext() ?? new AioContext({ name: 'attached nbd-client' });
    const { cell, generation } = handle.serve;
    const own = localClients.get(cell, generation);
    const commands =
      own === undefined ? new AttachedCommands(new ClientView(handle, context)) : new OwnCommands(own);
    super(commands, commands, context, handle);
    this.handle = handle;
    const { onEvent } = options;
    const stop = onEvent === undefined ? () => {} : onCrossedEvent(handle, onEvent);
    this.#end = () => commands.close().finally(stop);
  }

  override get capabilities(): NbdCapabilities {
    return this.handle.capabilities;
  }

  override get metaContexts(): readonly string[] {
    return this.handle.metaContexts;
  }

  /**
   * Takes no more calls, waits for those under way, and lets go of the client, which stays with its thread and the others. It does not
   * flush. Again is no error. In the client's own thread what is under way goes on, and is not waited for.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
