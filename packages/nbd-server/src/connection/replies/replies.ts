import { messageBytes, safeText } from '@coaio/nbd-protocol';
import type { Refusal } from '../refusal.js';
import type { Request } from '../request.js';
import type { StatusExtents } from '../status-extents.js';

/** A stretch of what a read asked for. */
export interface ReadStretch {
  /** In the export. */
  readonly offset: number;
  readonly length: number;
  /** All of it reads as zeroes. */
  readonly hole: boolean;
}

/** Puts replies into the batch, in the form that was negotiated. */
export interface Replies {
  /**
   * The bytes that were read, at least one. They are sent from where they are, and a write that is in flight at the
   * same time may still change them: proto.md leaves open which of the two such a read sees.
   */
  data(request: Request, payload: Uint8Array): void;

  /** What was read in stretches, of which those that are no hole are in `payload`, at their place. Not with simple replies. */
  sparse(request: Request, stretches: readonly ReadStretch[], payload: Uint8Array): void;

  /** The status in one metadata context; `last` ends the reply. Not with simple replies. */
  status(request: Request, contextId: number, extents: StatusExtents, last: boolean): void;

  /** Done, and nothing to send with it. */
  success(request: Request): void;

  failure(request: Request, refusal: Refusal): void;

  /** The client has gone: what is still to come is dropped. */
  close(): void;
}

/** The text of a refusal as it may be sent. */
export function messageOf({ text }: Refusal): Uint8Array {
  return messageBytes(safeText(messageBytes(text)));
}
