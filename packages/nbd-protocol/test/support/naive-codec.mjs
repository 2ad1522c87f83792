// The obvious codec: a fresh object and bigints for every message. Oracle of the tests, baseline of the bench.

/** @typedef {{ flags: number, type: number, cookie: bigint, offset: bigint, length: number }} NaiveRequest */
/**
 * @typedef {{ magic: 'simple', error: number, cookie: bigint }
 *   | { magic: 'chunk', flags: number, type: number, cookie: bigint, payload: Uint8Array }} NaiveReply
 */

/** @param {NaiveRequest} request */
export function encodeRequest(request) {
  const view = new DataView(new ArrayBuffer(28));
  view.setUint32(0, 0x25609513);
  view.setUint16(4, request.flags);
  view.setUint16(6, request.type);
  view.setBigUint64(8, request.cookie);
  view.setBigUint64(16, request.offset);
  view.setUint32(24, request.length);
  return new Uint8Array(view.buffer);
}

/** @param {Uint8Array} bytes @returns {NaiveRequest} */
export function decodeRequest(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== 0x25609513) throw new Error('bad request magic');
  return {
    flags: view.getUint16(4),
    type: view.getUint16(6),
    cookie: view.getBigUint64(8),
    offset: view.getBigUint64(16),
    length: view.getUint32(24),
  };
}

/** @param {number} error @param {bigint} cookie */
export function encodeSimpleReply(error, cookie) {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, 0x67446698);
  view.setUint32(4, error);
  view.setBigUint64(8, cookie);
  return new Uint8Array(view.buffer);
}

/** @param {boolean} done @param {number} type @param {bigint} cookie @param {Uint8Array} payload */
export function encodeChunk(done, type, cookie, payload) {
  const bytes = new Uint8Array(20 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x668e33ef);
  view.setUint16(4, done ? 1 : 0);
  view.setUint16(6, type);
  view.setBigUint64(8, cookie);
  view.setUint32(16, payload.length);
  bytes.set(payload, 20);
  return bytes;
}

/** @param {bigint} offset @param {Uint8Array} data */
export function dataPayload(offset, data) {
  const bytes = new Uint8Array(8 + data.length);
  new DataView(bytes.buffer).setBigUint64(0, offset);
  bytes.set(data, 8);
  return bytes;
}

/** @param {bigint} offset @param {number} length */
export function holePayload(offset, length) {
  const view = new DataView(new ArrayBuffer(12));
  view.setBigUint64(0, offset);
  view.setUint32(8, length);
  return new Uint8Array(view.buffer);
}

/** @param {number} error @param {Uint8Array} message @param {bigint} [offset] */
export function errorPayload(error, message, offset) {
  const bytes = new Uint8Array(6 + message.length + (offset === undefined ? 0 : 8));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, error);
  view.setUint16(4, message.length);
  bytes.set(message, 6);
  if (offset !== undefined) view.setBigUint64(6 + message.length, offset);
  return bytes;
}

/** @param {Uint8Array} bytes @returns {NaiveReply} */
export function decodeReply(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(0);
  if (magic === 0x67446698) {
    return { magic: 'simple', error: view.getUint32(4), cookie: view.getBigUint64(8) };
  }
  if (magic !== 0x668e33ef) throw new Error('bad reply magic');
  return {
    magic: 'chunk',
    flags: view.getUint16(4),
    type: view.getUint16(6),
    cookie: view.getBigUint64(8),
    payload: bytes.slice(20, 20 + view.getUint32(16)),
  };
}

/** @typedef {{ flags: number, type: number, cookie: bigint, offset: bigint, length: bigint }} NaiveExtendedRequest */

/** @param {NaiveExtendedRequest} request */
export function encodeExtendedRequest(request) {
  const view = new DataView(new ArrayBuffer(32));
  view.setUint32(0, 0x21e41c71);
  view.setUint16(4, request.flags);
  view.setUint16(6, request.type);
  view.setBigUint64(8, request.cookie);
  view.setBigUint64(16, request.offset);
  view.setBigUint64(24, request.length);
  return new Uint8Array(view.buffer);
}

/** @param {boolean} done @param {number} type @param {bigint} cookie @param {bigint} offset @param {Uint8Array} payload */
export function encodeExtendedChunk(done, type, cookie, offset, payload) {
  const bytes = new Uint8Array(32 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x6e8a278c);
  view.setUint16(4, done ? 1 : 0);
  view.setUint16(6, type);
  view.setBigUint64(8, cookie);
  view.setBigUint64(16, offset);
  view.setBigUint64(24, BigInt(payload.length));
  bytes.set(payload, 32);
  return bytes;
}

/** @param {number} context @param {readonly (readonly [number, number])[]} extents length and status of each */
export function statusPayload(context, extents) {
  const view = new DataView(new ArrayBuffer(4 + extents.length * 8));
  view.setUint32(0, context);
  for (const [index, [length, status]] of extents.entries()) {
    view.setUint32(4 + index * 8, length);
    view.setUint32(8 + index * 8, status);
  }
  return new Uint8Array(view.buffer);
}

/** @param {number} context @param {readonly (readonly [bigint, bigint])[]} extents length and status of each */
export function extendedStatusPayload(context, extents) {
  const view = new DataView(new ArrayBuffer(8 + extents.length * 16));
  view.setUint32(0, context);
  view.setUint32(4, extents.length);
  for (const [index, [length, status]] of extents.entries()) {
    view.setBigUint64(8 + index * 16, length);
    view.setBigUint64(16 + index * 16, status);
  }
  return new Uint8Array(view.buffer);
}
