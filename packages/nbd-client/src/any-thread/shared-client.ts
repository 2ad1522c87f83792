import type { AioContext } from '@coaio/aio-context';
import type { ClientCommands } from '../commands/client-commands.js';
import type { ChunkSource } from '../sequences/chunk-source.js';
import type { ClientFacts } from './client-handle.js';

/** What of a client its views use, in its own thread. */
export interface SharedClient {
  readonly co: ClientCommands;
  readonly chunks: ChunkSource;
  readonly context: AioContext;
  /** As it is now. */
  readonly facts: () => ClientFacts;
}
