import { encodeString } from '../../bytes/string.js';
import { NBD_INFO_BLOCK_SIZE, NBD_INFO_EXPORT } from '../../constants/info-types.js';
import type { BlockSize } from '../block-size.js';

// The data of NBD_REP_INFO, one function for each layout; `CollectedInfo` reads them.

export function encodeExportItem(size: bigint, flags: number): Uint8Array {
  const item = new DataView(new ArrayBuffer(12));
  item.setUint16(0, NBD_INFO_EXPORT);
  item.setBigUint64(2, size);
  item.setUint16(10, flags);
  return new Uint8Array(item.buffer);
}

/** NBD_INFO_NAME, NBD_INFO_DESCRIPTION. */
export function encodeTextItem(type: number, text: string, what: string): Uint8Array {
  const bytes = encodeString(text, what);
  const item = new Uint8Array(2 + bytes.length);
  new DataView(item.buffer).setUint16(0, type);
  item.set(bytes, 2);
  return item;
}

export function encodeBlockSizeItem({ minimum, preferred, maximum }: BlockSize): Uint8Array {
  const item = new DataView(new ArrayBuffer(14));
  item.setUint16(0, NBD_INFO_BLOCK_SIZE);
  item.setUint32(2, minimum);
  item.setUint32(6, preferred);
  item.setUint32(10, maximum);
  return new Uint8Array(item.buffer);
}
