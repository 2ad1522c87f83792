import { quotedName } from '../../bytes/safe-text.js';
import { NBD_REP_ACK, NBD_REP_META_CONTEXT } from '../../constants/option-replies.js';
import { NBD_OPT_LIST_META_CONTEXT, NBD_OPT_SET_META_CONTEXT, optionName } from '../../constants/options.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { hex32 } from '../../errors/wire-literal.js';
import { NEED_MORE } from '../../need-more.js';
import { MAX_META_CONTEXTS, type MetaContext } from '../meta-context.js';
import { readMetaContext } from '../option-data/meta-context-reply.js';
import { encodeMetaContextRequest } from '../option-data/meta-context-request.js';
import { encodeOption, isErrorReply, type OptionReply, takeOptionReply } from '../option-frame.js';
import type { ClientState } from '../transitions.js';
import {
  answeredStep,
  badReply,
  type ClientPhase,
  type ClientStep,
  declinedStep,
  requireNoData,
  unexpectedReply,
} from './client-phase.js';
import { type ClientSession, NOTHING_SELECTED } from './client-session.js';
import { stepAfter } from './itinerary.js';

/** What is there to select. */
export const optionListMetaContext = phase(NBD_OPT_LIST_META_CONTEXT, 'list-meta-context');

/** Selects. A refusal, or fewer contexts than asked for, is no failure: NBD_CMD_BLOCK_STATUS has less to say. */
export const optionSetMetaContext = phase(NBD_OPT_SET_META_CONTEXT, 'set-meta-context');

function phase(option: number, state: ClientState): ClientPhase {
  return {
    open(session) {
      session.contexts = [];
      // proto.md: the option replaces what was selected before, even when it fails.
      if (option === NBD_OPT_SET_META_CONTEXT) session.selected = NOTHING_SELECTED;
      return encodeOption(option, encodeMetaContextRequest(session));
    },
    read(session, incoming) {
      const reply = takeOptionReply(incoming, option);
      return reply === NEED_MORE ? NEED_MORE : onReply(session, reply, state);
    },
  };
}

function onReply(session: ClientSession, reply: OptionReply, state: ClientState): ClientStep {
  if (reply.type === NBD_REP_META_CONTEXT) {
    addContext(session, reply);
    return { next: state };
  }
  if (reply.type === NBD_REP_ACK) {
    requireNoData(reply);
    const contexts = Object.freeze(session.contexts);
    session.contexts = [];
    if (reply.option === NBD_OPT_SET_META_CONTEXT) {
      session.selected = { exportName: session.exportName, contexts };
    }
    if (!session.byHand) return stepAfter(session, state);
    return answeredStep(session, { type: 'meta-contexts', option: reply.option, contexts });
  }
  // proto.md: contexts that came before an error MUST be disregarded.
  session.contexts = [];
  if (isErrorReply(reply.type)) return declinedStep(session, state, reply);
  throw unexpectedReply(reply);
}

function addContext(session: ClientSession, reply: OptionReply): void {
  const { contexts } = session;
  if (contexts.length === MAX_META_CONTEXTS) {
    const detail = `more than ${MAX_META_CONTEXTS} metadata contexts`;
    throw new NbdProtocolError('NBD_TOO_MANY_CONTEXTS', optionName(reply.option), detail);
  }
  const context = readMetaContext(reply.data, optionName(reply.option));
  contexts.push(
    reply.option === NBD_OPT_SET_META_CONTEXT ? distinct(context, session, reply) : { ...context, id: 0 },
  );
}

// Two contexts of one id could not be told apart in a reply; one context of two ids would come twice.
function distinct(context: MetaContext, { contexts }: ClientSession, reply: OptionReply): MetaContext {
  for (const { id, name } of contexts) {
    if (id === context.id) throw badReply(reply, `metadata context id ${hex32(id)} comes twice`);
    if (name === context.name) throw badReply(reply, `metadata context ${quotedName(name)} comes twice`);
  }
  return context;
}
