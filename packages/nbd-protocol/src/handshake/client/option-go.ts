import { NBD_INFO_BLOCK_SIZE, NBD_INFO_DESCRIPTION, NBD_INFO_NAME } from '../../constants/info-types.js';
import { NBD_REP_ACK, NBD_REP_ERR_UNSUP, NBD_REP_INFO } from '../../constants/option-replies.js';
import { NBD_OPT_GO, NBD_OPT_INFO } from '../../constants/options.js';
import { encodeExportRequest } from '../option-data/export-request.js';
import { isErrorReply, type OptionReply } from '../option-frame.js';
import type { ClientState } from '../transitions.js';
import {
  answeredStep,
  badReply,
  type ClientStep,
  optionPhase,
  readyStep,
  refusedStep,
  requireNoData,
  unexpectedReply,
} from './client-phase.js';
import type { ClientSession } from './client-session.js';
import { CollectedInfo } from './collected-info.js';

// proto.md gives both options one format; they differ in what the acknowledgement leads to.

export const optionGo = optionPhase(NBD_OPT_GO, onGoReply, request);
export const optionInfo = optionPhase(NBD_OPT_INFO, onInfoReply, request);

function request(session: ClientSession): Uint8Array {
  session.info = new CollectedInfo();
  const infos = session.requestInfo ? [NBD_INFO_NAME, NBD_INFO_DESCRIPTION, NBD_INFO_BLOCK_SIZE] : [];
  return encodeExportRequest(session.exportName, infos);
}

function onGoReply(session: ClientSession, reply: OptionReply): ClientStep {
  // proto.md: servers from before NBD_OPT_GO answer so, and still know NBD_OPT_EXPORT_NAME, which a client with
  // extended headers MUST NOT send. By hand the choice is the caller's.
  const mayFallBack = !session.extendedHeaders && !session.byHand;
  if (reply.type === NBD_REP_ERR_UNSUP && mayFallBack) {
    session.info = new CollectedInfo();
    return { next: 'export-name' };
  }
  return onReply(session, reply, 'go', readyStep);
}

function onInfoReply(session: ClientSession, reply: OptionReply): ClientStep {
  return onReply(session, reply, 'info', () => {
    const metaContexts = session.selected.exportName === session.exportName ? session.selected.contexts : [];
    return answeredStep(session, { type: 'info', export: session.info.toExportInfo(session), metaContexts });
  });
}

function onReply(
  session: ClientSession,
  reply: OptionReply,
  waiting: ClientState,
  onAccepted: (session: ClientSession) => ClientStep,
): ClientStep {
  if (reply.type === NBD_REP_INFO) {
    session.info.addReply(reply);
    return { next: waiting };
  }
  if (reply.type === NBD_REP_ACK) {
    requireNoData(reply);
    if (!session.info.complete) throw badReply(reply, 'NBD_REP_ACK without NBD_INFO_EXPORT before it');
    return onAccepted(session);
  }
  if (isErrorReply(reply.type)) return refusedStep(session, reply);
  throw unexpectedReply(reply);
}
