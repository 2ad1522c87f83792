import type { ByteQueue } from '../../bytes/byte-queue.js';
import { NBD_REP_ERR_SHUTDOWN, optionReplyName } from '../../constants/option-replies.js';
import { optionName } from '../../constants/options.js';
import { NbdOptionRefusedError } from '../../errors/option-refused-error.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { NEED_MORE, type NeedMore } from '../../need-more.js';
import { encodeOption, type OptionReply, takeOptionReply } from '../option-frame.js';
import type { ClientState } from '../transitions.js';
import type { ClientHandshakeEvent, ClientSession } from './client-session.js';
import { stepAfter } from './itinerary.js';

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

/** The answer is complete: the caller's next choice, or a polite end. */
export function answeredStep(session: ClientSession, event: ClientHandshakeEvent): ClientStep {
  return { next: session.goal === 'options' ? 'negotiating' : 'aborting', event };
}

/** What was asked for is out of reach: say why, and leave politely or let the caller choose on. */
export function refusedStep(session: ClientSession, reply: OptionReply): ClientStep {
  const exportName = session.goal === 'list' ? undefined : session.exportName;
  const refusal = { option: reply.option, reply: reply.type, exportName, text: reply.data };
  const event = { type: 'refused', error: new NbdOptionRefusedError(refusal) } as const;
  // proto.md: on NBD_REP_ERR_SHUTDOWN the client MUST initiate a soft disconnect.
  if (reply.type === NBD_REP_ERR_SHUTDOWN) return { next: 'aborting', event };
  return answeredStep(session, event);
}

/** An option that only switches something on, and that the client can do without, was accepted. */
export function acceptedStep(session: ClientSession, from: ClientState, option: number): ClientStep {
  if (session.byHand) return answeredStep(session, { type: 'accepted', option });
  return stepAfter(session, from);
}

/** The same was refused: no failure, unless the caller asked for just this, or the server wants us gone. */
export function declinedStep(session: ClientSession, from: ClientState, reply: OptionReply): ClientStep {
  if (session.byHand || reply.type === NBD_REP_ERR_SHUTDOWN) return refusedStep(session, reply);
  return stepAfter(session, from);
}

export function readyStep(session: ClientSession): ClientStep {
  const { structuredReplies, extendedHeaders, fixedNewstyle, tls, exportName } = session;
  // proto.md: contexts hold for the export that they were selected for, and for no other.
  const metaContexts = session.selected.exportName === exportName ? session.selected.contexts : [];
  return {
    next: 'ready',
    event: {
      type: 'ready',
      export: session.info.toExportInfo(session),
      structuredReplies,
      extendedHeaders,
      metaContexts,
      fixedNewstyle,
      tls,
    },
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
