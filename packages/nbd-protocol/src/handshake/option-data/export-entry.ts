import { safeText } from '../../bytes/safe-text.js';
import { encodeString, readString } from '../../bytes/string.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import type { ExportListing } from '../export-info.js';

/** The data of NBD_REP_SERVER: one entry of a list. */
export function encodeExportEntry(entry: ExportListing): Uint8Array {
  const name = encodeString(entry.name, 'export name');
  const description = encodeString(entry.description ?? '', 'export description');
  const bytes = new Uint8Array(4 + name.length + description.length);
  new DataView(bytes.buffer).setUint32(0, name.length);
  bytes.set(name, 4);
  bytes.set(description, 4 + name.length);
  return bytes;
}

/** @throws NbdProtocolError NBD_BAD_OPTION_REPLY, NBD_BAD_STRING */
export function readExportEntry(data: Uint8Array, operation: string): ExportListing {
  if (data.length < 4) throw bad(operation, `NBD_REP_SERVER of ${data.length} bytes, at least 4 needed`);
  const nameLength = new DataView(data.buffer, data.byteOffset, data.length).getUint32(0);
  if (nameLength > data.length - 4) {
    throw bad(
      operation,
      `export name of ${nameLength} bytes, NBD_REP_SERVER has room for ${data.length - 4}`,
    );
  }
  const name = readString(data.subarray(4, 4 + nameLength), operation, 'export name');
  const description = data.subarray(4 + nameLength);
  if (description.length === 0) return Object.freeze({ name });
  readString(description, operation, 'export description');
  return Object.freeze({ name, description: safeText(description) });
}

function bad(operation: string, detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_OPTION_REPLY', operation, detail);
}
