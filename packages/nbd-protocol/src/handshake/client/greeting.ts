import type { ByteQueue } from '../../bytes/byte-queue.js';
import {
  NBD_FLAG_C_FIXED_NEWSTYLE,
  NBD_FLAG_C_NO_ZEROES,
  NBD_FLAG_FIXED_NEWSTYLE,
  NBD_FLAG_NO_ZEROES,
} from '../../constants/handshake-flags.js';
import {
  NBD_CLISERV_MAGIC_HIGH,
  NBD_CLISERV_MAGIC_LOW,
  NBD_INIT_PASSWD_HIGH,
  NBD_INIT_PASSWD_LOW,
  NBD_OPTS_MAGIC_HIGH,
  NBD_OPTS_MAGIC_LOW,
} from '../../constants/magic.js';
import { NBD_OPT_INFO, NBD_OPT_LIST, NBD_OPT_STARTTLS } from '../../constants/options.js';
import { NbdOptionRefusedError } from '../../errors/option-refused-error.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { hex64 } from '../../errors/wire-literal.js';
import { NEED_MORE, type NeedMore } from '../../need-more.js';
import type { ClientPhase, ClientStep } from './client-phase.js';
import type { ClientSession } from './client-session.js';
import { stepAfter } from './itinerary.js';

/** Two magics and the handshake flags. */
const GREETING_SIZE = 18;

/** The server speaks first; the client answers with its flags. */
export const greeting: ClientPhase = {
  read(session, incoming): ClientStep | NeedMore {
    const style = checkMagics(incoming);
    if (style === NEED_MORE) return NEED_MORE;
    if (style === 'oldstyle') return { next: 'oldstyle' };
    const view = incoming.peek(GREETING_SIZE);
    if (view === NEED_MORE) return NEED_MORE;
    // proto.md: handshake flags that the client does not recognise SHOULD be ignored.
    const flags = view.getUint16(16);
    incoming.skip(GREETING_SIZE);
    session.fixedNewstyle = (flags & NBD_FLAG_FIXED_NEWSTYLE) !== 0;
    session.noZeroes = (flags & NBD_FLAG_NO_ZEROES) !== 0;
    const problem = session.fixedNewstyle ? undefined : outOfReach(session);
    if (problem !== undefined) return { next: 'finished', event: { type: 'refused', error: problem } };
    const send = clientFlags(session);
    if (session.fixedNewstyle) return stepAfter(session, 'greeting', send);
    if (session.goal !== 'options') return { next: 'export-name', send };
    return { next: 'negotiating', send, event: { type: 'negotiating', fixedNewstyle: false, tls: false } };
  },
};

// As early as possible, so that a server of another protocol is named without waiting for 18 bytes of it.
function checkMagics(incoming: ByteQueue): 'newstyle' | 'oldstyle' | NeedMore {
  const first = incoming.peek(8);
  if (first === NEED_MORE) return NEED_MORE;
  if (!matches(first, 0, NBD_INIT_PASSWD_HIGH, NBD_INIT_PASSWD_LOW)) {
    const detail = `magic ${found(first, 0)} is not NBDMAGIC ${hex64(NBD_INIT_PASSWD_HIGH, NBD_INIT_PASSWD_LOW)}`;
    throw new NbdProtocolError('NBD_BAD_MAGIC', 'greeting', detail);
  }
  const both = incoming.peek(16);
  if (both === NEED_MORE) return NEED_MORE;
  if (matches(both, 8, NBD_OPTS_MAGIC_HIGH, NBD_OPTS_MAGIC_LOW)) return 'newstyle';
  if (matches(both, 8, NBD_CLISERV_MAGIC_HIGH, NBD_CLISERV_MAGIC_LOW)) return 'oldstyle';
  const detail = `second magic ${found(both, 8)} is not IHAVEOPT ${hex64(NBD_OPTS_MAGIC_HIGH, NBD_OPTS_MAGIC_LOW)}`;
  throw new NbdProtocolError('NBD_BAD_GREETING', 'greeting', detail);
}

function matches(view: DataView, at: number, high: number, low: number): boolean {
  return view.getUint32(at) === high && view.getUint32(at + 4) === low;
}

function found(view: DataView, at: number): string {
  return hex64(view.getUint32(at), view.getUint32(at + 4));
}

// A flag that the server did not offer would make it drop the connection.
function clientFlags(session: ClientSession): Uint8Array {
  const bytes = new Uint8Array(4);
  const fixed = session.fixedNewstyle ? NBD_FLAG_C_FIXED_NEWSTYLE : 0;
  const noZeroes = session.noZeroes ? NBD_FLAG_C_NO_ZEROES : 0;
  new DataView(bytes.buffer).setUint32(0, fixed | noZeroes);
  return bytes;
}

// Not fixed newstyle knows NBD_OPT_EXPORT_NAME alone, not even NBD_OPT_ABORT.
function outOfReach({ goal, tlsPolicy, exportName }: ClientSession): NbdOptionRefusedError | undefined {
  const reason = 'the server does not speak fixed newstyle';
  if (tlsPolicy === 'require') {
    return new NbdOptionRefusedError({ option: NBD_OPT_STARTTLS, reply: 0, reason }, 'NBD_TLS_UNAVAILABLE');
  }
  if (goal === 'list') {
    return new NbdOptionRefusedError({ option: NBD_OPT_LIST, reply: 0, reason }, 'NBD_UNSUPPORTED');
  }
  if (goal === 'info') {
    return new NbdOptionRefusedError(
      { option: NBD_OPT_INFO, reply: 0, exportName, reason },
      'NBD_UNSUPPORTED',
    );
  }
  return undefined;
}
