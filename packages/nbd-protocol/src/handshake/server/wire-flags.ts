import { NBD_FLAG_SEND_DF } from '../../constants/transmission-flags.js';
import type { ExportInfo } from '../export-info.js';
import type { ServerSession } from './server-option.js';

/** Transmission flags to send: proto.md keeps NBD_FLAG_SEND_DF clear unless structured replies were negotiated. */
export function wireFlags(session: ServerSession, info: ExportInfo): number {
  return session.structuredReplies ? info.flags : info.flags & ~NBD_FLAG_SEND_DF;
}
