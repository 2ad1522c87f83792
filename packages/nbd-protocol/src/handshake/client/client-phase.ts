import type { ByteQueue } from '../../bytes/byte-queue.js';
import { optionReplyName } from '../../constants/option-replies.js';
import { optionName } from '../../constants/options.js';
import { NbdOptionRefusedError } from '../../errors/option-refused-error.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { NEED_MORE, type NeedMore } from '../../need-more.js';
import type { ExportInfo, ExportListing } from '../export-info.js';
import { encodeOption, type OptionReply, takeOptionReply } from '../option-frame.js';
import type { ClientState } from '../transitions.js';
import type { CollectedInfo } from './collected-info.js';

export type ClientHandshakeEvent =
  /** Transmission starts with the next byte. */
  | {
      readonly type: 'ready';
      readonly export: ExportInfo;
      readonly structuredReplies: boolean;
      readonly fixedNewstyle: boolean;
    }
  | { readonly type: 'info'; readonly export: ExportInfo }
  | { readonly type: 'list'; readonly exports: readonly ExportListing[] }
  | { readonly type: 'refused'; readonly error: NbdOptionRefusedError };

/** What the client wants and what it has learned so far. */
export interface ClientSession {
  readonly goal: 'go' | 'info' | 'list';
  readonly exportName: string;
  readonly wantsStructuredReplies: boolean;
  readonly requestInfo: boolean;
  fixedNewstyle: boolean;
  noZeroes: boolean;
  structuredReplies: boolean;
  info: CollectedInfo;
  listing: ExportListing[];
}

export interface ClientStep {
  readonly next: ClientState;
  /** Bytes that leave before the next phase opens. */
  readonly send?: Uint8Array;
  readonly event?: ClientHandshakeEvent;
}

/** A state in which the client waits for the server. One file each. */
export interface ClientPhase {
  /** Bytes that open the phase. */
  open?(session: ClientSession): Uint8Array;
  /** Reads at most one message. */
  read(session: ClientSession, incoming: ByteQueue): ClientStep | NeedMore;
}

/** A phase that sends an option and waits for its replies. */
export function optionPhase(
  option: number,
  onReply: (session: ClientSession, reply: OptionReply) => ClientStep,
  data?: (session: ClientSession) => Uint8Array,
): ClientPhase {
  return {
    open: (session) => encodeOption(option, data?.(session)),
    read(session, incoming) {
      const reply = takeOptionReply(incoming, option);
      return reply === NEED_MORE ? NEED_MORE : onReply(session, reply);
    },
  };
}

/** The goal is out of reach: say why, and leave politely. */
export function refusedStep(session: ClientSession, reply: OptionReply): ClientStep {
  const exportName = session.goal === 'list' ? undefined : session.exportName;
  const refusal = { option: reply.option, reply: reply.type, exportName, text: reply.data };
  return { next: 'aborting', event: { type: 'refused', error: new NbdOptionRefusedError(refusal) } };
}

export function readyStep(session: ClientSession): ClientStep {
  const { structuredReplies, fixedNewstyle } = session;
  return {
    next: 'ready',
    event: { type: 'ready', export: session.info.toExportInfo(session), structuredReplies, fixedNewstyle },
  };
}

export function badReply(reply: OptionReply, detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_OPTION_REPLY', optionName(reply.option), detail);
}

export function unexpectedReply(reply: OptionReply): NbdProtocolError {
  return badReply(reply, `${optionReplyName(reply.type)} is no reply to this option`);
}

export function requireNoData(reply: OptionReply): void {
  if (reply.data.length === 0) return;
  throw badReply(reply, `${optionReplyName(reply.type)} with ${reply.data.length} bytes of data, 0 needed`);
}
