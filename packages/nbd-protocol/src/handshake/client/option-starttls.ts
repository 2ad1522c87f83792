import { NBD_REP_ACK, NBD_REP_ERR_SHUTDOWN } from '../../constants/option-replies.js';
import { NBD_OPT_STARTTLS } from '../../constants/options.js';
import { NbdOptionRefusedError } from '../../errors/option-refused-error.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { NEED_MORE } from '../../need-more.js';
import { encodeOption, isErrorReply, type OptionReply, takeOptionReply } from '../option-frame.js';
import {
  type ClientPhase,
  type ClientStep,
  declinedStep,
  requireNoData,
  unexpectedReply,
} from './client-phase.js';
import type { ClientSession } from './client-session.js';

export const optionStartTls: ClientPhase = {
  open: () => encodeOption(NBD_OPT_STARTTLS),
  read(session, incoming) {
    const reply = takeOptionReply(incoming, NBD_OPT_STARTTLS);
    if (reply === NEED_MORE) return NEED_MORE;
    if (isErrorReply(reply.type)) return onError(session, reply);
    if (reply.type !== NBD_REP_ACK) throw unexpectedReply(reply);
    requireNoData(reply);
    // A TLS server waits for our first word: whatever came with its answer was put there to be taken for TLS's.
    if (incoming.length > 0) throw injected(incoming.length);
    return { next: 'tls-handshake', event: { type: 'starttls' } };
  },
};

// proto.md: on any error the client goes on without TLS or leaves. Who requires TLS leaves.
function onError(session: ClientSession, reply: OptionReply): ClientStep {
  if (session.tlsPolicy !== 'require') return declinedStep(session, 'starttls', reply);
  const refusal = { option: NBD_OPT_STARTTLS, reply: reply.type, text: reply.data };
  const code = reply.type === NBD_REP_ERR_SHUTDOWN ? 'NBD_SHUTDOWN' : 'NBD_TLS_UNAVAILABLE';
  return {
    next: 'aborting',
    event: { type: 'refused', error: new NbdOptionRefusedError(refusal, code) },
  };
}

function injected(count: number): NbdProtocolError {
  const detail = `${count} bytes of plain text follow NBD_REP_ACK, TLS must come next`;
  return new NbdProtocolError('NBD_TLS_INJECTION', 'NBD_OPT_STARTTLS', detail);
}
