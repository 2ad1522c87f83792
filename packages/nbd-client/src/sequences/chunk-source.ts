import type { Co } from '@coaio/coroutine';
import { type ExportInfo, NBD_CMD_READ } from '@coaio/nbd-protocol';
import type { RequestCarrier } from '../commands/request-carrier.js';
import type { ReplySink } from '../requests/reply-sink.js';
import type { RequestOptions } from '../requests/request-options.js';

/** What is asked for reads that are given out chunk by chunk: a client's connections, or another thread's client. */
export interface ChunkSource {
  readonly info: ExportInfo;
  /**
   * One request to the server (`NBD_CMD_READ` with `flags`), whose chunks go to `sink`.
   *
   * @throws NbdServerError once `sink` has all that came before it.
   */
  readInChunks(
    flags: number,
    offset: number | bigint,
    length: number,
    sink: ReplySink,
    options: RequestOptions | undefined,
  ): Co<void>;
}

export function chunksOf(carrier: RequestCarrier): ChunkSource {
  return {
    get info() {
      return carrier.negotiated.export;
    },
    readInChunks: (flags, offset, length, sink, options) => {
      carrier.assertOpen('read', offset, length);
      return carrier.request(NBD_CMD_READ, flags, offset, length, null, options, sink);
    },
  };
}
