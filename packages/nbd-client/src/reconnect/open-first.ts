import { coRun } from '@coaio/coroutine';
import { isNbdError } from '@coaio/nbd-protocol';
import { NbdClientConnection } from '../establish/nbd-client-connection.js';
import { ConnectionLostError } from '../nbd-client-error.js';
import { tell } from '../nbd-client-event.js';
import { AttemptLimit } from '../negotiation/attempt-limit.js';
import type { ConnectPlan } from '../negotiation/connect-plan.js';
import { type Opened, openConnection } from '../negotiation/open-connection.js';

/** The first connection of a client. With `waitForServer` it is tried for until `openTimeoutMs` is over. */
export async function openFirst(plan: ConnectPlan): Promise<Opened> {
  if (!plan.waitForServer) return await openConnection(plan, plan.signal);
  const { context, clock, openTimeoutMs } = plan;
  const limit = new AttemptLimit('connect', plan, plan.signal);
  let last: unknown;
  const connection: NbdClientConnection<Opened> = new NbdClientConnection(
    (signal) => openConnection(plan, signal),
    {
      context,
      clock,
      retry: true,
      name: 'first connection',
      discard: ({ channel }) => channel.close(),
      onAttemptFailed: (error) => {
        last = error;
        tell(plan, { type: 'connect-failed', connection: 0, error });
        if (!mayComeRight(error)) connection.setRetry(false);
      },
    },
  );
  try {
    const opened = await coRun(() => connection.establish({ signal: limit.signal }), { context });
    if (opened === null) throw new Error('unreachable: it blocks');
    return opened;
  } catch (error) {
    if (error !== limit.signal.reason || last === undefined || plan.signal?.aborted === true) throw error;
    const detail = `no server within ${openTimeoutMs} ms (openTimeoutMs)`;
    throw new ConnectionLostError('connect', last, 'NBD_TIMEOUT', detail);
  } finally {
    connection.release();
    limit.release();
  }
}

/**
 * A server that is yet to come, or to have its export; not one that breaks the protocol or is not to be trusted. A proxy in front of one that
 * is yet to come accepts and hangs up.
 */
function mayComeRight(error: unknown): boolean {
  if (!isNbdError(error)) return false;
  return error.fault === 'connection' || error.fault === 'server' || error.code === 'NBD_UNEXPECTED_EOF';
}
