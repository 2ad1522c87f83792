import { readString } from '../../bytes/string.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';

/** The data of NBD_OPT_INFO and NBD_OPT_GO. */
export interface ExportRequest {
  readonly exportName: string;
  /** NBD_INFO_* that the client asked for; unknown ones MUST be ignored. */
  readonly infos: ReadonlySet<number>;
}

/** Reads the request, or says for NBD_REP_ERR_INVALID what is wrong with it. Never reads past `data`. */
export function readExportRequest(data: Uint8Array): ExportRequest | string {
  if (data.length < 6) return `${data.length} bytes of data, at least 6 needed`;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const nameLength = view.getUint32(0);
  if (nameLength > data.length - 6) return `export name of ${nameLength} bytes, room for ${data.length - 6}`;
  const count = view.getUint16(4 + nameLength);
  const list = 4 + nameLength + 2;
  if (list + count * 2 !== data.length) {
    return `${count} information requests, ${data.length - list} bytes hold ${(data.length - list) / 2}`;
  }
  const infos = new Set<number>();
  for (let at = list; at < data.length; at += 2) infos.add(view.getUint16(at));
  try {
    return { exportName: readString(data.subarray(4, 4 + nameLength), 'request', 'export name'), infos };
  } catch (error) {
    if (error instanceof NbdProtocolError) return error.message;
    throw error;
  }
}
