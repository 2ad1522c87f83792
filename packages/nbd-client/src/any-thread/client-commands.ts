import type { Co } from '@coaio/coroutine';
import type { ExportInfo } from '@coaio/nbd-protocol';
import type { CoNbdClient, WriteOptions } from '../co-nbd-client.js';
import type { RequestOptions } from '../requests/request-options.js';

/** The commands of a client that is used from any thread. See {@link CoNbdClient}. */
export interface ClientCommands {
  readonly info: ExportInfo;
  read(offset: number | bigint, length: number, options?: RequestOptions): Co<Buffer>;
  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Co<void>;
  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions & RequestOptions): Co<void>;
  flush(options?: RequestOptions): Co<void>;
}
