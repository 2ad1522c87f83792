import { encodeString } from '../../bytes/string.js';
import { NBD_OPT_EXPORT_NAME } from '../../constants/options.js';
import { NbdOptionRefusedError } from '../../errors/option-refused-error.js';
import { NEED_MORE } from '../../need-more.js';
import { encodeOption } from '../option-frame.js';
import { type ClientPhase, readyStep } from './client-phase.js';
import type { ClientSession } from './client-session.js';
import { CollectedInfo } from './collected-info.js';

/** Size and transmission flags. */
const ANSWER_SIZE = 10;
/** Reserved bytes that follow unless NBD_FLAG_C_NO_ZEROES was negotiated. */
const ZEROES = 124;

/** The old way in: its answer has no header, and a server that refuses can only hang up. */
export const optionExportName: ClientPhase = {
  open(session) {
    session.info = new CollectedInfo();
    return encodeOption(NBD_OPT_EXPORT_NAME, encodeString(session.exportName, 'export name'));
  },
  read(session, incoming) {
    const size = ANSWER_SIZE + (session.noZeroes ? 0 : ZEROES);
    const view = incoming.peek(size);
    if (view === NEED_MORE) return NEED_MORE;
    session.info.setBasics('NBD_OPT_EXPORT_NAME', view.getBigUint64(0), view.getUint16(8));
    incoming.skip(size);
    return readyStep(session);
  },
};

/** The server hung up on NBD_OPT_EXPORT_NAME, which is how it MUST refuse an export. */
export function refusedByHangUp(session: ClientSession): NbdOptionRefusedError {
  const reason = 'the server closed the connection, so the export is unknown or not allowed';
  return new NbdOptionRefusedError({
    option: NBD_OPT_EXPORT_NAME,
    reply: 0,
    exportName: session.exportName,
    reason,
  });
}
