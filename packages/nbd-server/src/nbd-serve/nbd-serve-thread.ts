// What each thread of `nbd-serve --threads` imports.
import type { NbdServer } from '../nbd-server.js';
import { makeServer } from './make-server.js';
import type { ServePlan } from './serve-plan.js';
import { ReportsFromThread } from './thread-reports.js';

/** @param reports the name under which the main thread listens to them. @throws as {@link makeServer}. */
export async function makeServerOfThread(plan: ServePlan, reports: string): Promise<NbdServer> {
  return await makeServer(plan, new ReportsFromThread(reports), {});
}
