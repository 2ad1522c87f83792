// What each thread of `nbd-serve --threads` imports.
import type { NbdServer } from '../nbd-server.js';
import { DEFAULT_TOTAL_IN_FLIGHT, LEAST_TOTAL_IN_FLIGHT } from '../nbd-server-options.js';
import { makeServer } from './make-server.js';
import type { ServePlan } from './serve-plan.js';
import { ReportsFromThread } from './thread-reports.js';

/** @param reports the name under which the main thread listens to them. @throws as {@link makeServer}. */
export async function makeServerOfThread(plan: ServePlan, reports: string): Promise<NbdServer> {
  // Each thread has its own: together they hold what one would, up to eight threads.
  const share = Math.max(LEAST_TOTAL_IN_FLIGHT, Math.floor(DEFAULT_TOTAL_IN_FLIGHT / plan.threads));
  return await makeServer(plan, new ReportsFromThread(reports), { maxTotalInFlightBytes: share });
}
