import { encodeString } from '../../bytes/string.js';
import { MAX_META_CONTEXTS } from '../meta-context.js';
import { readRequestString } from './export-request.js';

/** The data of NBD_OPT_LIST_META_CONTEXT and NBD_OPT_SET_META_CONTEXT. */
export interface MetaContextRequest {
  readonly exportName: string;
  readonly queries: readonly string[];
}

/** What keeps the server from answering: NBD_REP_ERR_INVALID or NBD_REP_ERR_TOO_BIG. */
export type MetaContextRequestProblem = { readonly kind: 'invalid' | 'too-big'; readonly text: string };

export function encodeMetaContextRequest({ exportName, queries }: MetaContextRequest): Uint8Array {
  const strings = [
    encodeString(exportName, 'export name'),
    ...queries.map((query) => encodeString(query, 'metadata context')),
  ];
  const data = new Uint8Array(4 + strings.reduce((sum, bytes) => sum + 4 + bytes.length, 0));
  const view = new DataView(data.buffer);
  let at = 0;
  for (const [index, bytes] of strings.entries()) {
    view.setUint32(at, bytes.length);
    data.set(bytes, at + 4);
    at += 4 + bytes.length;
    if (index > 0) continue;
    // The count stands between the export's name and the first query.
    view.setUint32(at, queries.length);
    at += 4;
  }
  return data;
}

/** Reads the request, or says what to answer. Never reads past `data`. */
export function readMetaContextRequest(data: Uint8Array): MetaContextRequest | MetaContextRequestProblem {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const name = readField(view, 0, 'export name', 4);
  if ('kind' in name) return name;
  const count = view.getUint32(name.next);
  if (count > MAX_META_CONTEXTS) {
    return { kind: 'too-big', text: `${count} queries exceed the limit of ${MAX_META_CONTEXTS}` };
  }
  const queries: string[] = [];
  let at = name.next + 4;
  for (let index = 0; index < count; index++) {
    const query = readField(view, at, 'query', 0);
    if ('kind' in query) return query;
    queries.push(query.text);
    at = query.next;
  }
  if (at !== data.length) return invalid(`${data.length - at} bytes of data after the last query`);
  return { exportName: name.text, queries };
}

/** A length and a string, of which `after` more bytes MUST follow. */
function readField(
  view: DataView,
  at: number,
  what: string,
  after: number,
): { readonly text: string; readonly next: number } | MetaContextRequestProblem {
  const room = view.byteLength - at - 4 - after;
  if (room < 0) return invalid(`${view.byteLength} bytes of data end before the ${what}`);
  const length = view.getUint32(at);
  if (length > room) return invalid(`${what} of ${length} bytes, room for ${room}`);
  const text = readRequestString(new Uint8Array(view.buffer, view.byteOffset + at + 4, length), what);
  return typeof text === 'string' ? { text, next: at + 4 + length } : invalid(text.message);
}

function invalid(text: string): MetaContextRequestProblem {
  return { kind: 'invalid', text };
}
