import { withoutControls } from '../../bytes/safe-text.js';
import { readString } from '../../bytes/string.js';
import { NBD_OPT_EXPORT_NAME } from '../../constants/options.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import type { ServerOption } from './server-option.js';
import { wireFlags } from './wire-flags.js';

const ANSWER_SIZE = 10;
const ZEROES = 124;

/** The old way in. It has no error reply: whatever is wrong MUST end the session. */
export const optionExportName: ServerOption = {
  option: NBD_OPT_EXPORT_NAME,
  answer(session, data) {
    const exportName = readString(data, 'NBD_OPT_EXPORT_NAME', 'export name');
    const found = session.directory.find(exportName);
    if (found === undefined) {
      const detail = `there is no export "${withoutControls(exportName)}"`;
      throw new NbdProtocolError('NBD_EXPORT_UNKNOWN', 'NBD_OPT_EXPORT_NAME', detail);
    }
    const answer = new Uint8Array(ANSWER_SIZE + (session.noZeroes ? 0 : ZEROES));
    const view = new DataView(answer.buffer);
    view.setBigUint64(0, found.size);
    view.setUint16(8, wireFlags(session, found));
    session.outgoing.append(answer);
    const { structuredReplies } = session;
    return { next: 'ready', event: { type: 'ready', export: found, exportName, structuredReplies } };
  },
};
