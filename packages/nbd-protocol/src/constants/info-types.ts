import { hex16 } from '../errors/wire-literal.js';

export const NBD_INFO_EXPORT = 0;
export const NBD_INFO_NAME = 1;
export const NBD_INFO_DESCRIPTION = 2;
export const NBD_INFO_BLOCK_SIZE = 3;

const NAMES = ['NBD_INFO_EXPORT', 'NBD_INFO_NAME', 'NBD_INFO_DESCRIPTION', 'NBD_INFO_BLOCK_SIZE'];

/** The specification's name of an information type, or "information 0x002a" for one it does not define. */
export function infoName(info: number): string {
  return NAMES[info] ?? `information ${hex16(info)}`;
}
