import { NBD_FLAG_BLOCK_STATUS_PAYLOAD } from '../../constants/transmission-flags.js';
import { type ExportInfo, flagsFor } from '../export-info.js';
import type { ServerSession } from './server-option.js';

/** Transmission flags to send, without those that what was negotiated has no use for. */
export function wireFlags(session: ServerSession, info: ExportInfo): number {
  const flags = flagsFor(info.flags, session);
  // proto.md: SHOULD NOT be advertised to a client that selected no contexts.
  return session.selected.contexts.length > 0 ? flags : flags & ~NBD_FLAG_BLOCK_STATUS_PAYLOAD;
}
