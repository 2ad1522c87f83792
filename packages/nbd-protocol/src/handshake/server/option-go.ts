import { withoutControls } from '../../bytes/safe-text.js';
import { encodeString } from '../../bytes/string.js';
import {
  NBD_INFO_BLOCK_SIZE,
  NBD_INFO_DESCRIPTION,
  NBD_INFO_EXPORT,
  NBD_INFO_NAME,
} from '../../constants/info-types.js';
import {
  NBD_REP_ACK,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_INFO,
} from '../../constants/option-replies.js';
import { NBD_OPT_GO, NBD_OPT_INFO } from '../../constants/options.js';
import type { ExportInfo } from '../export-info.js';
import { readExportRequest } from './export-request.js';
import { refuse, reply, type ServerOption, type ServerSession, type ServerStep } from './server-option.js';
import { wireFlags } from './wire-flags.js';

// proto.md: after NBD_OPT_INFO the same request in NBD_OPT_GO MUST give the same information. One function does both.

export const optionGo: ServerOption = {
  option: NBD_OPT_GO,
  answer: (session, data) => answer(session, NBD_OPT_GO, data),
};

export const optionInfo: ServerOption = {
  option: NBD_OPT_INFO,
  answer: (session, data) => answer(session, NBD_OPT_INFO, data),
};

function answer(session: ServerSession, option: number, data: Uint8Array): ServerStep {
  const request = readExportRequest(data);
  if (typeof request === 'string') return refuse(session, option, NBD_REP_ERR_INVALID, request);
  const { exportName, infos } = request;
  const found = session.directory.find(exportName);
  if (found === undefined) {
    return refuse(
      session,
      option,
      NBD_REP_ERR_UNKNOWN,
      `there is no export "${withoutControls(exportName)}"`,
    );
  }
  sendInfo(session, option, found, infos);
  reply(session, option, NBD_REP_ACK);
  if (option === NBD_OPT_INFO) return { next: 'option' };
  const { structuredReplies } = session;
  return { next: 'ready', event: { type: 'ready', export: found, exportName, structuredReplies } };
}

function sendInfo(
  session: ServerSession,
  option: number,
  found: ExportInfo,
  infos: ReadonlySet<number>,
): void {
  const send = (data: Uint8Array): void => reply(session, option, NBD_REP_INFO, data);
  send(exportItem(found.size, wireFlags(session, found)));
  if (infos.has(NBD_INFO_NAME)) send(textItem(NBD_INFO_NAME, found.name, 'export name'));
  if (infos.has(NBD_INFO_DESCRIPTION) && found.description !== undefined) {
    send(textItem(NBD_INFO_DESCRIPTION, found.description, 'export description'));
  }
  // Unasked too: a client that does not know it MUST ignore it, one that does is better off.
  send(blockSizeItem(found.blockSize));
}

function exportItem(size: bigint, flags: number): Uint8Array {
  const item = new DataView(new ArrayBuffer(12));
  item.setUint16(0, NBD_INFO_EXPORT);
  item.setBigUint64(2, size);
  item.setUint16(10, flags);
  return new Uint8Array(item.buffer);
}

function textItem(type: number, text: string, what: string): Uint8Array {
  const bytes = encodeString(text, what);
  const item = new Uint8Array(2 + bytes.length);
  new DataView(item.buffer).setUint16(0, type);
  item.set(bytes, 2);
  return item;
}

function blockSizeItem({ minimum, preferred, maximum }: ExportInfo['blockSize']): Uint8Array {
  const item = new DataView(new ArrayBuffer(14));
  item.setUint16(0, NBD_INFO_BLOCK_SIZE);
  item.setUint32(2, minimum);
  item.setUint32(6, preferred);
  item.setUint32(10, maximum);
  return new Uint8Array(item.buffer);
}
