import { NBD_INFO_BLOCK_SIZE, NBD_INFO_DESCRIPTION, NBD_INFO_NAME } from '../../constants/info-types.js';
import {
  NBD_REP_ACK,
  NBD_REP_ERR_BLOCK_SIZE_REQD,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_TLS_REQD,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_INFO,
} from '../../constants/option-replies.js';
import { NBD_OPT_GO, NBD_OPT_INFO } from '../../constants/options.js';
import type { ExportInfo } from '../export-info.js';
import { readExportRequest } from '../option-data/export-request.js';
import { encodeBlockSizeItem, encodeExportItem, encodeTextItem } from '../option-data/info-items.js';
import {
  hiddenByTls,
  readyStep,
  refuse,
  reply,
  type ServerOption,
  type ServerSession,
  type ServerStep,
  unknownExport,
} from './server-option.js';
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
  if (hiddenByTls(session, exportName)) {
    return refuse(session, option, NBD_REP_ERR_TLS_REQD, 'the export is for clients inside TLS');
  }
  const found = session.offers.directory.find(exportName);
  if (found === undefined) return refuse(session, option, NBD_REP_ERR_UNKNOWN, unknownExport(exportName));
  sendInfo(session, option, found, infos);
  const constrained = session.offers.requireBlockSize && found.blockSize.advertised;
  if (constrained && !infos.has(NBD_INFO_BLOCK_SIZE)) {
    const text = 'the export has block sizes to obey, request NBD_INFO_BLOCK_SIZE';
    return refuse(session, option, NBD_REP_ERR_BLOCK_SIZE_REQD, text);
  }
  reply(session, option, NBD_REP_ACK);
  return option === NBD_OPT_INFO ? { next: 'option' } : readyStep(session, found, exportName);
}

function sendInfo(
  session: ServerSession,
  option: number,
  found: ExportInfo,
  infos: ReadonlySet<number>,
): void {
  const send = (data: Uint8Array): void => reply(session, option, NBD_REP_INFO, data);
  send(encodeExportItem(found.size, wireFlags(session, found)));
  if (infos.has(NBD_INFO_NAME)) send(encodeTextItem(NBD_INFO_NAME, found.name, 'export name'));
  if (infos.has(NBD_INFO_DESCRIPTION) && found.description !== undefined) {
    send(encodeTextItem(NBD_INFO_DESCRIPTION, found.description, 'export description'));
  }
  // Unasked too: a client that does not know it MUST ignore it, one that does is better off.
  send(encodeBlockSizeItem(found.blockSize));
}
