import type { NbdCapabilities } from '@coaio/nbd-client';
import type { Interrupt } from '../cli/interrupt.js';
import type { Target } from '../job/job-plan.js';
import { type Demand, fitToExport } from './plan.js';
import { openSharedClient } from './shared-client.js';

/** Connects once before a long series of loads. @throws BenchError when there is one that the export cannot take. */
export async function lookAtServer(
  target: Target,
  demands: readonly Demand[],
  interrupt: Interrupt,
): Promise<NbdCapabilities> {
  const client = await openSharedClient(target, interrupt);
  try {
    for (const demand of demands) fitToExport(demand, client.info);
    return client.capabilities;
  } finally {
    await client.close();
  }
}
