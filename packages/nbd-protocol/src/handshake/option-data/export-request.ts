import { encodeString, readString } from '../../bytes/string.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';

/** The data of NBD_OPT_INFO and NBD_OPT_GO. */
export interface ExportRequest {
  readonly exportName: string;
  /** NBD_INFO_* that the client asked for; unknown ones MUST be ignored. */
  readonly infos: ReadonlySet<number>;
}

export function encodeExportRequest(exportName: string, infos: readonly number[]): Uint8Array {
  const name = encodeString(exportName, 'export name');
  const data = new Uint8Array(4 + name.length + 2 + infos.length * 2);
  const view = new DataView(data.buffer);
  view.setUint32(0, name.length);
  data.set(name, 4);
  view.setUint16(4 + name.length, infos.length);
  for (const [index, info] of infos.entries()) view.setUint16(4 + name.length + 2 + index * 2, info);
  return data;
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
  const exportName = readRequestString(data.subarray(4, 4 + nameLength), 'export name');
  return typeof exportName === 'string' ? { exportName, infos } : exportName.message;
}

/** A string of a client: what is wrong with it becomes an answer, not the end of the session. */
export function readRequestString(bytes: Uint8Array, what: string): string | NbdProtocolError {
  try {
    return readString(bytes, 'request', what);
  } catch (error) {
    if (error instanceof NbdProtocolError) return error;
    throw error;
  }
}
