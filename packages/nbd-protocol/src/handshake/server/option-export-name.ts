import { readString } from '../../bytes/string.js';
import { NBD_OPT_EXPORT_NAME } from '../../constants/options.js';
import { NbdProtocolError, type NbdProtocolErrorCode } from '../../errors/protocol-error.js';
import { hiddenByTls, readyStep, type ServerOption, unknownExport } from './server-option.js';
import { wireFlags } from './wire-flags.js';

const ANSWER_SIZE = 10;
const ZEROES = 124;

/** The old way in. It has no error reply: whatever is wrong MUST end the session. */
export const optionExportName: ServerOption = {
  option: NBD_OPT_EXPORT_NAME,
  answer(session, data) {
    if (session.extendedHeaders)
      throw ended('NBD_BAD_OPTION', 'extended headers were negotiated, which need NBD_OPT_GO');
    const exportName = readString(data, 'NBD_OPT_EXPORT_NAME', 'export name');
    if (hiddenByTls(session, exportName))
      throw ended('NBD_TLS_REQUIRED', 'the export is for clients inside TLS');
    const found = session.offers.directory.find(exportName);
    if (found === undefined) throw ended('NBD_EXPORT_UNKNOWN', unknownExport(exportName));
    const answer = new Uint8Array(ANSWER_SIZE + (session.noZeroes ? 0 : ZEROES));
    const view = new DataView(answer.buffer);
    view.setBigUint64(0, found.size);
    view.setUint16(8, wireFlags(session, found));
    session.outgoing.append(answer);
    return readyStep(session, found, exportName);
  },
};

function ended(code: NbdProtocolErrorCode, detail: string): NbdProtocolError {
  return new NbdProtocolError(code, 'NBD_OPT_EXPORT_NAME', detail);
}
