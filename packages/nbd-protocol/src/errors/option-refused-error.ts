import { safeText, withoutControls } from '../bytes/safe-text.js';
import {
  NBD_REP_ERR_BLOCK_SIZE_REQD,
  NBD_REP_ERR_EXT_HEADER_REQD,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_PLATFORM,
  NBD_REP_ERR_POLICY,
  NBD_REP_ERR_SHUTDOWN,
  NBD_REP_ERR_TLS_REQD,
  NBD_REP_ERR_TOO_BIG,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_ERR_UNSUP,
  optionReplyName,
} from '../constants/option-replies.js';
import { optionName } from '../constants/options.js';
import { NbdError } from './nbd-error.js';

export type NbdOptionRefusedCode =
  | 'NBD_UNSUPPORTED'
  | 'NBD_POLICY'
  | 'NBD_OPTION_INVALID'
  | 'NBD_PLATFORM'
  | 'NBD_TLS_REQUIRED'
  | 'NBD_TLS_UNAVAILABLE'
  | 'NBD_EXPORT_UNKNOWN'
  | 'NBD_SHUTDOWN'
  | 'NBD_BLOCK_SIZE_REQUIRED'
  | 'NBD_TOO_BIG'
  | 'NBD_EXTENDED_HEADERS_REQUIRED'
  | 'NBD_OPTION_REFUSED';

const REASONS: ReadonlyMap<number, readonly [NbdOptionRefusedCode, string]> = new Map([
  [NBD_REP_ERR_UNSUP, ['NBD_UNSUPPORTED', 'the server does not know this option']],
  [NBD_REP_ERR_POLICY, ['NBD_POLICY', 'the server is configured not to allow it']],
  [NBD_REP_ERR_INVALID, ['NBD_OPTION_INVALID', 'the server finds the option invalid']],
  [NBD_REP_ERR_PLATFORM, ['NBD_PLATFORM', "not supported on the server's platform"]],
  [NBD_REP_ERR_TLS_REQD, ['NBD_TLS_REQUIRED', 'the server requires TLS first']],
  [NBD_REP_ERR_UNKNOWN, ['NBD_EXPORT_UNKNOWN', 'the export is not available']],
  [NBD_REP_ERR_SHUTDOWN, ['NBD_SHUTDOWN', 'the server is shutting down']],
  [NBD_REP_ERR_BLOCK_SIZE_REQD, ['NBD_BLOCK_SIZE_REQUIRED', 'the client has to ask for NBD_INFO_BLOCK_SIZE']],
  [NBD_REP_ERR_TOO_BIG, ['NBD_TOO_BIG', 'the request or its reply is too large']],
  [NBD_REP_ERR_EXT_HEADER_REQD, ['NBD_EXTENDED_HEADERS_REQUIRED', 'the server requires extended headers']],
]);

export interface Refusal {
  readonly option: number;
  /** Option reply type; 0 when the server refused without one. */
  readonly reply: number;
  /** Name of the export that the option was about. */
  readonly exportName?: string | undefined;
  /** The server's message as it came off the wire. */
  readonly text?: Uint8Array | undefined;
  /** Says what happened when there is no reply. */
  readonly reason?: string;
}

/** The server understood an option and declined it. */
export class NbdOptionRefusedError extends NbdError {
  declare readonly code: NbdOptionRefusedCode;
  declare readonly fault: 'server';
  declare readonly operation: string;
  readonly option: number;
  /** Option reply type (NBD_REP_ERR_*); 0 when the server refused without one. */
  readonly reply: number;
  /** The server's words, safe to print; empty when it gave none. */
  readonly serverText: string;
  declare readonly exportName?: string;

  override readonly name = 'NbdOptionRefusedError';

  constructor(refusal: Refusal, code?: NbdOptionRefusedCode) {
    const { option, reply, exportName, text } = refusal;
    const operation = optionName(option);
    const [replyCode, replyReason] = REASONS.get(reply) ?? ['NBD_OPTION_REFUSED', 'refused'];
    const serverText = text === undefined ? '' : safeText(text);
    const subject = exportName === undefined ? operation : `${operation} "${withoutControls(exportName)}"`;
    const literal = reply === 0 ? '' : ` (${optionReplyName(reply)})`;
    const words = serverText === '' ? '' : `, server says: ${serverText}`;
    const message = `${subject}: ${refusal.reason ?? replyReason}${literal}${words}`;
    super(code ?? replyCode, 'server', message, { operation });
    this.option = option;
    this.reply = reply;
    this.serverText = serverText;
    if (exportName !== undefined) this.exportName = exportName;
  }
}
