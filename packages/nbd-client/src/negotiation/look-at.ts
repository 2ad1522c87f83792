import type { Co } from '@coaio/coroutine';
import type { ClientGoal } from '@coaio/nbd-protocol';
import type { ConnectPlan } from './connect-plan.js';
import type { HandshakeExchange } from './handshake-exchange.js';
import { openExchange } from './open-connection.js';

/** Connects, finds something out, and disconnects. */
export async function lookAt<T>(
  plan: ConnectPlan,
  goal: ClientGoal,
  body: (exchange: HandshakeExchange) => Co<T>,
): Promise<T> {
  const { exchange, outcome } = await openExchange(plan, goal, body, plan.signal);
  exchange.channel.close();
  return outcome;
}
