import { hex32 } from '../errors/wire-literal.js';

export const NBD_OPT_EXPORT_NAME = 1;
export const NBD_OPT_ABORT = 2;
export const NBD_OPT_LIST = 3;
/** Withdrawn from the specification; not in use. */
export const NBD_OPT_PEEK_EXPORT = 4;
export const NBD_OPT_STARTTLS = 5;
export const NBD_OPT_INFO = 6;
export const NBD_OPT_GO = 7;
export const NBD_OPT_STRUCTURED_REPLY = 8;
export const NBD_OPT_LIST_META_CONTEXT = 9;
export const NBD_OPT_SET_META_CONTEXT = 10;
/** Experimental EXTENDED_HEADERS extension. */
export const NBD_OPT_EXTENDED_HEADERS = 11;

const NAMES: ReadonlyMap<number, string> = new Map([
  [NBD_OPT_EXPORT_NAME, 'NBD_OPT_EXPORT_NAME'],
  [NBD_OPT_ABORT, 'NBD_OPT_ABORT'],
  [NBD_OPT_LIST, 'NBD_OPT_LIST'],
  [NBD_OPT_PEEK_EXPORT, 'NBD_OPT_PEEK_EXPORT'],
  [NBD_OPT_STARTTLS, 'NBD_OPT_STARTTLS'],
  [NBD_OPT_INFO, 'NBD_OPT_INFO'],
  [NBD_OPT_GO, 'NBD_OPT_GO'],
  [NBD_OPT_STRUCTURED_REPLY, 'NBD_OPT_STRUCTURED_REPLY'],
  [NBD_OPT_LIST_META_CONTEXT, 'NBD_OPT_LIST_META_CONTEXT'],
  [NBD_OPT_SET_META_CONTEXT, 'NBD_OPT_SET_META_CONTEXT'],
  [NBD_OPT_EXTENDED_HEADERS, 'NBD_OPT_EXTENDED_HEADERS'],
]);

/** The specification's name of an option, or "option 0x0000002a" for one it does not define. */
export function optionName(option: number): string {
  return NAMES.get(option) ?? `option ${hex32(option)}`;
}
