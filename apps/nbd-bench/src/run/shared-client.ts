import { NbdClient } from '@coaio/nbd-client';
import type { Interrupt } from '../cli/interrupt.js';
import { clientOptions } from '../job/client-options.js';
import type { Target } from '../job/job-plan.js';

/** A server that hangs must not hang the benchmark: the jobs have no connection of their own that they could end. */
const REQUEST_TIMEOUT_MS = 10_000;

/** The client of this thread that all jobs share. */
export async function openSharedClient(target: Target, interrupt: Interrupt): Promise<NbdClient> {
  const abort = new AbortController();
  const giveUp = (): void => abort.abort(interrupt.signal.reason);
  interrupt.signal.addEventListener('abort', giveUp);
  if (interrupt.signal.aborted) giveUp();
  try {
    return await NbdClient.connect({
      ...clientOptions(target),
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      signal: abort.signal,
    });
  } catch (error) {
    throw interrupt.signal.aborted ? interrupt.error() : error;
  } finally {
    // Later an interrupt lets the jobs end by themselves.
    interrupt.signal.removeEventListener('abort', giveUp);
  }
}
