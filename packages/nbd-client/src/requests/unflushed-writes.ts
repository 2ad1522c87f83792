import {
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLUSH,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import type { InFlightRequest } from './in-flight-request.js';

/** How many writes of a connection were answered, and how many of them a flush has covered: those answered before it was sent. */
export class UnflushedWrites {
  #answered = 0;
  #flushed = 0;

  get count(): number {
    return this.#answered - this.#flushed;
  }

  sending(request: InFlightRequest): void {
    request.writesBefore = this.#answered;
  }

  succeeded({ type, flags, writesBefore }: InFlightRequest): void {
    if (type === NBD_CMD_FLUSH) this.#flushed = Math.max(this.#flushed, writesBefore);
    else if (changesData(type) && (flags & NBD_CMD_FLAG_FUA) === 0) this.#answered++;
  }
}

/** Whether a command changes what the export holds: sent twice, it may undo what came between. */
export function changesData(type: number): boolean {
  return type === NBD_CMD_WRITE || type === NBD_CMD_WRITE_ZEROES || type === NBD_CMD_TRIM;
}
