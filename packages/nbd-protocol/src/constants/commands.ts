import { hex16 } from '../errors/wire-literal.js';

export const NBD_CMD_READ = 0;
export const NBD_CMD_WRITE = 1;
export const NBD_CMD_DISC = 2;
export const NBD_CMD_FLUSH = 3;
export const NBD_CMD_TRIM = 4;
export const NBD_CMD_CACHE = 5;
export const NBD_CMD_WRITE_ZEROES = 6;
export const NBD_CMD_BLOCK_STATUS = 7;
/** Experimental RESIZE extension. */
export const NBD_CMD_RESIZE = 8;

const NAMES = [
  'NBD_CMD_READ',
  'NBD_CMD_WRITE',
  'NBD_CMD_DISC',
  'NBD_CMD_FLUSH',
  'NBD_CMD_TRIM',
  'NBD_CMD_CACHE',
  'NBD_CMD_WRITE_ZEROES',
  'NBD_CMD_BLOCK_STATUS',
  'NBD_CMD_RESIZE',
];

/** The specification's name of a command, or "command 0x002a" for one it does not define. */
export function commandName(command: number): string {
  return NAMES[command] ?? `command ${hex16(command)}`;
}
