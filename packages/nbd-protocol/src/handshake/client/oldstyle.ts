import {
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_STARTTLS,
} from '../../constants/options.js';
import { type NbdOptionRefusedCode, NbdOptionRefusedError } from '../../errors/option-refused-error.js';
import { NEED_MORE } from '../../need-more.js';
import { OLDSTYLE_GREETING_SIZE, readOldstyleGreeting } from '../option-data/oldstyle-greeting.js';
import { type ClientPhase, type ClientStep, readyStep } from './client-phase.js';
import type { ClientSession } from './client-session.js';

/** An oldstyle server says what it has and serves it. Nothing can be asked; who is unhappy hangs up. */
export const oldstyle: ClientPhase = {
  read(session, incoming) {
    const view = incoming.peek(OLDSTYLE_GREETING_SIZE);
    if (view === NEED_MORE) return NEED_MORE;
    incoming.skip(OLDSTYLE_GREETING_SIZE);
    const problem = outOfReach(session);
    if (problem !== undefined) return { next: 'finished', event: { type: 'refused', error: problem } };
    const { size, flags } = readOldstyleGreeting(view);
    session.info.setBasics('oldstyle greeting', size, flags);
    return session.goal === 'info' ? describedStep(session) : readyStep(session);
  },
};

function describedStep(session: ClientSession): ClientStep {
  const info = session.info.toExportInfo(session);
  return { next: 'finished', event: { type: 'info', export: info, metaContexts: [] } };
}

function outOfReach(session: ClientSession): NbdOptionRefusedError | undefined {
  if (session.tlsPolicy === 'require') {
    return refusal(session, NBD_OPT_STARTTLS, 'NBD_TLS_UNAVAILABLE', 'an oldstyle server knows no TLS');
  }
  if (session.goal === 'list') {
    return refusal(session, NBD_OPT_LIST, 'NBD_UNSUPPORTED', 'an oldstyle server knows no list');
  }
  if (session.exportName !== '') {
    const option = session.goal === 'info' ? NBD_OPT_INFO : NBD_OPT_EXPORT_NAME;
    return refusal(
      session,
      option,
      'NBD_EXPORT_UNKNOWN',
      'an oldstyle server has one export, without a name',
    );
  }
  return undefined;
}

function refusal(
  session: ClientSession,
  option: number,
  code: NbdOptionRefusedCode,
  reason: string,
): NbdOptionRefusedError {
  const exportName = session.goal === 'list' ? undefined : session.exportName;
  return new NbdOptionRefusedError({ option, reply: 0, exportName, reason }, code);
}
