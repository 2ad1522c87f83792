// What a job's thread is asked to do, through IOThread.run: prepare, run, verify, collect; meanwhile stop or abort.
import { Job } from './job.js';
import type { JobPlan, JobResult, JobSpan, ServerFacts, Target } from './job-plan.js';

// The state of this thread: a thread has one job.
const abort = new AbortController();
let prepared: Job | undefined;

function job(): Job {
  if (prepared === undefined) throw new Error('the job is not prepared');
  return prepared;
}

/** Connects, and no more: all jobs begin together, once each is connected. */
export async function prepareJob(target: Target, connections: number): Promise<ServerFacts> {
  prepared = await Job.connect(target, connections, abort);
  return prepared.serverFacts;
}

export function runJob(plan: JobPlan, progress?: BigInt64Array<SharedArrayBuffer>): Promise<JobSpan> {
  return job().run(plan, progress);
}

export function verifyJob(plan: JobPlan): Promise<void> {
  return job().verify(plan);
}

/** Apart from {@link runJob}: encoding the figures is not part of what is measured. */
export function collectJob(): Promise<JobResult> {
  return job().collect();
}

export function stopJob(): void {
  prepared?.stop();
}

export function abortJob(reason: string): void {
  if (prepared === undefined) abort.abort(new Error(reason));
  else prepared.abort(new Error(reason));
}

export async function closeJob(): Promise<void> {
  await prepared?.close();
}
