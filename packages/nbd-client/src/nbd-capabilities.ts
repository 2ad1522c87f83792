import type { Negotiated } from './negotiation/negotiate.js';

/** What an export and its server offer, in the words of the client's methods and options. */
export interface NbdCapabilities {
  /** `write`; false: the export is read-only. */
  readonly write: boolean;
  readonly flush: boolean;
  /** Option `fua` of what writes. */
  readonly fua: boolean;
  readonly trim: boolean;
  readonly writeZeroes: boolean;
  /** Option `fast` of `writeZeroes`. */
  readonly fastZero: boolean;
  readonly cache: boolean;
  /** `blockStatus`, for the contexts that were negotiated. */
  readonly blockStatus: boolean;
  /** Option `df` of `readChunks`. */
  readonly df: boolean;
  /** More than one connection sees the same data, and a flush on one covers them all. */
  readonly multiConn: boolean;
  readonly structuredReplies: boolean;
  /** Lengths of more than 32 bits in one request. */
  readonly extendedHeaders: boolean;
  readonly tls: boolean;
}

export function capabilitiesOf(negotiated: Negotiated): NbdCapabilities {
  const { export: info, structuredReplies, extendedHeaders, metaContexts, tls } = negotiated;
  const writable = !info.readOnly;
  return {
    write: writable,
    flush: info.canFlush,
    fua: info.canFua,
    trim: writable && info.canTrim,
    writeZeroes: writable && info.canWriteZeroes,
    fastZero: writable && info.canFastZero,
    cache: info.canCache,
    blockStatus: metaContexts.length > 0,
    df: info.canDf,
    multiConn: info.canMultiConn,
    structuredReplies,
    extendedHeaders,
    tls,
  };
}
