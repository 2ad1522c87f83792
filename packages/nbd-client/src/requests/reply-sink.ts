import type { ExtentSink } from '@coaio/nbd-protocol';
import type { Negotiated } from '../negotiation/negotiate.js';

/** Takes what the chunks of one reply bring, where that is no plain buffer. Offsets count from the start of the request. */
export interface ReplySink extends ExtentSink {
  /**
   * The request is about to be sent, on a connection of which that was negotiated; a second time after that one was lost.
   * @returns its payload. @throws what keeps it from being sent, or sent again.
   */
  begin(negotiated: Negotiated): Uint8Array | null;
  /** Memory for `length` bytes of data. {@link data} is called once they are in it. */
  memoryFor(length: number): Uint8Array;
  data(offset: number, bytes: Uint8Array): void;
  hole(offset: number, length: number): void;
  /** An error chunk; `offset` null: about the whole request. */
  error(offset: number | null, error: number, serverText: string): void;
  /** The chunk of one metadata context begins; its extents follow. @throws NbdProtocolError: it was not asked for. */
  beginStatus(contextId: number): void;
  /** All has come, without an error. @throws NbdProtocolError: something is missing. */
  finish(): void;
}
