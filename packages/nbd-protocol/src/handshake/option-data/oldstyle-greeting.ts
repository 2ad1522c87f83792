import {
  NBD_CLISERV_MAGIC_HIGH,
  NBD_CLISERV_MAGIC_LOW,
  NBD_INIT_PASSWD_HIGH,
  NBD_INIT_PASSWD_LOW,
} from '../../constants/magic.js';
import type { ExportInfo } from '../export-info.js';

/** Two magics, size, flags, 124 reserved bytes. */
export const OLDSTYLE_GREETING_SIZE = 152;

/**
 * All that an oldstyle server says before it serves: size and flags of its one export. There is no handshake, and
 * the specification advises against it: for tests, and for clients that know nothing else.
 */
export function encodeOldstyleGreeting(info: Pick<ExportInfo, 'size' | 'flags'>): Uint8Array {
  const view = new DataView(new ArrayBuffer(OLDSTYLE_GREETING_SIZE));
  view.setUint32(0, NBD_INIT_PASSWD_HIGH);
  view.setUint32(4, NBD_INIT_PASSWD_LOW);
  view.setUint32(8, NBD_CLISERV_MAGIC_HIGH);
  view.setUint32(12, NBD_CLISERV_MAGIC_LOW);
  view.setBigUint64(16, info.size);
  view.setUint32(24, info.flags);
  return new Uint8Array(view.buffer);
}

/** Size and transmission flags of a greeting whose magics were checked. */
export function readOldstyleGreeting(view: DataView): { readonly size: bigint; readonly flags: number } {
  // The upper half of the 32 flags is where newstyle has its handshake flags.
  return { size: view.getBigUint64(16), flags: view.getUint16(26) };
}
