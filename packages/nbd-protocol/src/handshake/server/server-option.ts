import type { ByteQueue } from '../../bytes/byte-queue.js';
import { messageBytes } from '../../bytes/safe-text.js';
import type { ExportInfo, ExportListing } from '../export-info.js';
import { encodeOptionReply } from '../option-frame.js';
import type { ServerState } from '../transitions.js';

/**
 * What a server has to offer. Asked while haggling, so it answers at once. A name or description over 4096 bytes
 * or with a NUL cannot be sent: NbdUsageError out of `nextEvent()`.
 */
export interface ExportDirectory {
  /** Entries for NBD_OPT_LIST. */
  list(): readonly ExportListing[];
  /** The export of that name ('' = the default export), or undefined. */
  find(name: string): ExportInfo | undefined;
}

export type ServerHandshakeEvent =
  /** Transmission starts with the next byte, once the outgoing bytes are sent. */
  | {
      readonly type: 'ready';
      /** The very object that the directory found. NBD_FLAG_SEND_DF holds only with `structuredReplies`. */
      readonly export: ExportInfo;
      /** The name that the client used. */
      readonly exportName: string;
      readonly structuredReplies: boolean;
    }
  /** The client leaves. Send what is outgoing, then close. */
  | { readonly type: 'aborted' };

/** What the server offers and what the client has asked for so far. */
export interface ServerSession {
  readonly directory: ExportDirectory;
  readonly offersStructuredReplies: boolean;
  readonly outgoing: ByteQueue;
  fixedNewstyle: boolean;
  noZeroes: boolean;
  structuredReplies: boolean;
}

export interface ServerStep {
  readonly next: ServerState;
  readonly event?: ServerHandshakeEvent;
}

/** An option that the server knows. One file each. */
export interface ServerOption {
  readonly option: number;
  /** Queues the replies. `data` is as long as the option's header said, at most 64 KiB. */
  answer(session: ServerSession, data: Uint8Array): ServerStep;
}

export function reply(session: ServerSession, option: number, type: number, data?: Uint8Array): void {
  session.outgoing.append(encodeOptionReply(option, type, data));
}

/** Queues an error reply; haggling goes on. */
export function refuse(session: ServerSession, option: number, type: number, text: string): ServerStep {
  reply(session, option, type, messageBytes(text));
  return { next: 'option' };
}
