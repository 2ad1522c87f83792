import { NBD_INFO_BLOCK_SIZE, NBD_INFO_EXPORT } from '@coaio/nbd-protocol';

// Bytes as the specification draws them, built without the package's own encoders.

export const NBDMAGIC = text('NBDMAGIC');
export const IHAVEOPT = text('IHAVEOPT');

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function u16(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(2));
  view.setUint16(0, value);
  return new Uint8Array(view.buffer);
}

export function u32(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return new Uint8Array(view.buffer);
}

export function u64(value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return new Uint8Array(view.buffer);
}

/** @param flags 3 = fixed newstyle and no zeroes */
export function greeting(flags = 3): Uint8Array {
  return concat(NBDMAGIC, IHAVEOPT, u16(flags));
}

export function option(number: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concat(IHAVEOPT, u32(number), u32(data.length), data);
}

export function optionReply(number: number, type: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concat(u64(0x3e889045565a9n), u32(number), u32(type), u32(data.length), data);
}

export function goData(name: string, infos: readonly number[] = []): Uint8Array {
  const bytes = text(name);
  return concat(u32(bytes.length), bytes, u16(infos.length), ...infos.map(u16));
}

export function infoExport(size: bigint, flags: number): Uint8Array {
  return concat(u16(NBD_INFO_EXPORT), u64(size), u16(flags));
}

export function infoBlockSize(minimum: number, preferred: number, maximum: number): Uint8Array {
  return concat(u16(NBD_INFO_BLOCK_SIZE), u32(minimum), u32(preferred), u32(maximum));
}

export function serverEntry(name: string, description = ''): Uint8Array {
  const bytes = text(name);
  return concat(u32(bytes.length), bytes, text(description));
}

/** Data of NBD_OPT_LIST_META_CONTEXT and NBD_OPT_SET_META_CONTEXT */
export function metaContextData(exportName: string, queries: readonly string[]): Uint8Array {
  const strings = [exportName, ...queries].map((each) => concat(u32(text(each).length), text(each)));
  return concat(strings[0] as Uint8Array, u32(queries.length), ...strings.slice(1));
}

export function metaContext(id: number, name: string): Uint8Array {
  return concat(u32(id), text(name));
}

/** 152 bytes: all that an oldstyle server says. */
export function oldstyleGreeting(size: bigint, flags: number): Uint8Array {
  return concat(NBDMAGIC, u64(0x00420281861253n), u64(size), u32(flags), new Uint8Array(124));
}

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
