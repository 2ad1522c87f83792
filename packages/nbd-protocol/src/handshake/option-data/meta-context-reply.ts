import { encodeString, readString } from '../../bytes/string.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { type MetaContext, metaContextViolation } from '../meta-context.js';

/** The data of NBD_REP_META_CONTEXT. */
export function encodeMetaContext({ id, name }: MetaContext): Uint8Array {
  const bytes = encodeString(name, 'metadata context');
  const data = new Uint8Array(4 + bytes.length);
  new DataView(data.buffer).setUint32(0, id);
  data.set(bytes, 4);
  return data;
}

/** @throws NbdProtocolError NBD_BAD_OPTION_REPLY, NBD_BAD_STRING */
export function readMetaContext(data: Uint8Array, operation: string): MetaContext {
  if (data.length < 4) throw bad(operation, `${data.length} bytes of data, at least 4 needed`);
  const id = new DataView(data.buffer, data.byteOffset, data.length).getUint32(0);
  const name = readString(data.subarray(4), operation, 'metadata context');
  const wrong = metaContextViolation(name);
  if (wrong !== undefined) throw bad(operation, `its name ${wrong}`);
  return Object.freeze({ id, name });
}

function bad(operation: string, detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_OPTION_REPLY', operation, `NBD_REP_META_CONTEXT: ${detail}`);
}
