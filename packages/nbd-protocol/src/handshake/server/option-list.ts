import { encodeString } from '../../bytes/string.js';
import { NBD_REP_ACK, NBD_REP_ERR_INVALID, NBD_REP_SERVER } from '../../constants/option-replies.js';
import { NBD_OPT_LIST } from '../../constants/options.js';
import type { ExportListing } from '../export-info.js';
import { refuse, reply, type ServerOption } from './server-option.js';

export const optionList: ServerOption = {
  option: NBD_OPT_LIST,
  answer(session, data) {
    if (data.length > 0)
      return refuse(session, NBD_OPT_LIST, NBD_REP_ERR_INVALID, 'NBD_OPT_LIST takes no data');
    for (const entry of session.directory.list())
      reply(session, NBD_OPT_LIST, NBD_REP_SERVER, encodeEntry(entry));
    reply(session, NBD_OPT_LIST, NBD_REP_ACK);
    return { next: 'option' };
  },
};

function encodeEntry(entry: ExportListing): Uint8Array {
  const name = encodeString(entry.name, 'export name');
  const description = encodeString(entry.description ?? '', 'export description');
  const bytes = new Uint8Array(4 + name.length + description.length);
  new DataView(bytes.buffer).setUint32(0, name.length);
  bytes.set(name, 4);
  bytes.set(description, 4 + name.length);
  return bytes;
}
