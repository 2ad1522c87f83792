import { encodeString } from '../../bytes/string.js';
import { NBD_INFO_BLOCK_SIZE, NBD_INFO_DESCRIPTION, NBD_INFO_NAME } from '../../constants/info-types.js';
import { NBD_REP_ACK, NBD_REP_ERR_UNSUP, NBD_REP_INFO } from '../../constants/option-replies.js';
import { NBD_OPT_GO, NBD_OPT_INFO } from '../../constants/options.js';
import { isErrorReply, type OptionReply } from '../option-frame.js';
import type { ClientState } from '../transitions.js';
import {
  badReply,
  type ClientSession,
  type ClientStep,
  optionPhase,
  readyStep,
  refusedStep,
  requireNoData,
  unexpectedReply,
} from './client-phase.js';
import { CollectedInfo } from './collected-info.js';

// proto.md gives both options one format; they differ in what the acknowledgement leads to.

export const optionGo = optionPhase(NBD_OPT_GO, onGoReply, request);
export const optionInfo = optionPhase(NBD_OPT_INFO, onInfoReply, request);

function request(session: ClientSession): Uint8Array {
  const name = encodeString(session.exportName, 'export name');
  const infos = session.requestInfo ? [NBD_INFO_NAME, NBD_INFO_DESCRIPTION, NBD_INFO_BLOCK_SIZE] : [];
  const data = new Uint8Array(4 + name.length + 2 + infos.length * 2);
  const view = new DataView(data.buffer);
  view.setUint32(0, name.length);
  data.set(name, 4);
  view.setUint16(4 + name.length, infos.length);
  for (const [index, info] of infos.entries()) view.setUint16(4 + name.length + 2 + index * 2, info);
  return data;
}

function onGoReply(session: ClientSession, reply: OptionReply): ClientStep {
  // proto.md: servers from before NBD_OPT_GO answer so, and still know NBD_OPT_EXPORT_NAME.
  if (reply.type === NBD_REP_ERR_UNSUP) {
    session.info = new CollectedInfo();
    return { next: 'export-name' };
  }
  return onReply(session, reply, 'go', readyStep);
}

function onInfoReply(session: ClientSession, reply: OptionReply): ClientStep {
  return onReply(session, reply, 'info', () => ({
    next: 'aborting',
    event: { type: 'info', export: session.info.toExportInfo(session) },
  }));
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
