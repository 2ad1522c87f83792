import { NBD_REP_ERR_SHUTDOWN, NBD_REP_ERR_TLS_REQD } from '../../constants/option-replies.js';
import { NBD_OPT_ABORT, NBD_OPT_EXPORT_NAME, NBD_OPT_STARTTLS } from '../../constants/options.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { refuse, type ServerSession, type ServerStep } from './server-option.js';

/**
 * What the server says to any option at all, known or not, before it looks at it: that it is leaving, or that it
 * talks inside TLS only. Leaving is always allowed. NBD_OPT_EXPORT_NAME has no error reply, so it ends the session.
 * @returns undefined when the option may be answered
 * @throws NbdProtocolError NBD_TLS_REQUIRED, NBD_EXPORT_UNKNOWN
 */
export function refusedAtTheGate(
  session: ServerSession,
  option: number,
  shuttingDown: boolean,
): ServerStep | undefined {
  if (option === NBD_OPT_ABORT) return undefined;
  if (shuttingDown) {
    const text = 'the server is shutting down';
    if (option === NBD_OPT_EXPORT_NAME)
      throw new NbdProtocolError('NBD_EXPORT_UNKNOWN', 'NBD_OPT_EXPORT_NAME', text);
    return refuse(session, option, NBD_REP_ERR_SHUTDOWN, text);
  }
  if (session.offers.tls === 'require' && !session.tls && option !== NBD_OPT_STARTTLS) {
    const text = 'this server talks inside TLS only';
    if (option === NBD_OPT_EXPORT_NAME)
      throw new NbdProtocolError('NBD_TLS_REQUIRED', 'NBD_OPT_EXPORT_NAME', text);
    return refuse(session, option, NBD_REP_ERR_TLS_REQD, text);
  }
  return undefined;
}
