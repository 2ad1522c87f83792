import { type Co, coRun } from '@coaio/coroutine';
import { NbdClient, NbdServerError } from '@coaio/nbd-client';
import type { JobPlan, JobResult, JobSpan, ServerFacts } from './job-plan.js';
import { LatencyHistogram } from './latency-histogram.js';
import { type Offsets, offsetsFor } from './offsets.js';
import { SharedProgress } from './shared-progress.js';

const PUBLISH_MS = 100;
/** How long the last answers may take. A server that hangs must not hang the benchmark. */
const DRAIN_MS = 10_000;

/** On the clock of `performance.now`. */
interface LoadTimes {
  measuredFromMs: number;
  deadlineMs: number;
}

/**
 * One connection under load: `iodepth` coroutines, each with one I/O in flight. Calls in order: `connect`, `run`,
 * `collect`; meanwhile {@link stop} for an early end, {@link abort} for one without the last answers.
 */
export class Job {
  readonly #client: NbdClient;
  readonly #abort: AbortController;
  readonly #latency = new LatencyHistogram();
  #ios = 0;
  #errors = 0;
  #firstError: string | undefined;
  #stopping = false;
  #drain: NodeJS.Timeout | undefined;
  #span: JobSpan | undefined;

  static async connect(uri: string, abort: AbortController): Promise<Job> {
    return new Job(await NbdClient.connect({ uri, signal: abort.signal }), abort);
  }

  private constructor(client: NbdClient, abort: AbortController) {
    this.#client = client;
    this.#abort = abort;
  }

  get serverFacts(): ServerFacts {
    return { ...this.#client.info, structuredReplies: this.#client.structuredReplies };
  }

  /** Loads the server for `rampMs` and `runtimeMs`, then waits for the last answers. */
  async run(plan: JobPlan, words: BigInt64Array<SharedArrayBuffer> | undefined): Promise<JobSpan> {
    const offsets = offsetsFor(plan);
    const buffers = Array.from({ length: plan.iodepth }, (_, slot) => newBuffer(plan, slot));
    const publisher = words && this.#publish(plan.index, new SharedProgress(words));
    // The loops see the deadline by themselves, but only when the server answers. A timer may be 1 ms early.
    const deadline = setTimeout(() => this.stop(), plan.rampMs + plan.runtimeMs + 1);
    const startedMs = sharedClockMs() + plan.rampMs;
    const measuredFromMs = performance.now() + plan.rampMs;
    const times = { measuredFromMs, deadlineMs: measuredFromMs + plan.runtimeMs };
    const loops = buffers.map((buffer) => coRun(() => this.#loop(plan.write, offsets, buffer, times)));
    let failure: unknown;
    try {
      await Promise.all(loops);
    } catch (error) {
      this.abort(error);
      failure = error;
    }
    const ends = await Promise.allSettled(loops);
    this.#errors += ends.filter(({ status }) => status === 'rejected').length;
    clearTimeout(deadline);
    clearTimeout(this.#drain);
    clearInterval(publisher);
    this.#span = {
      startedMs,
      // One that ends in its ramp has measured nothing.
      endedMs: Math.max(sharedClockMs(), startedMs),
      ...(failure === undefined ? {} : { failure: messageOf(failure) }),
    };
    return this.#span;
  }

  /** No more I/Os; those in flight may still be answered. */
  stop(): void {
    this.#stopping = true;
    this.#drain ??= setTimeout(
      () => this.abort(new Error(`no answer ${DRAIN_MS / 1000} s after the last request`)),
      DRAIN_MS,
    );
  }

  /** Ends the connection; what is in flight fails with `reason`. */
  abort(reason: unknown): void {
    this.#stopping = true;
    this.#abort.abort(reason);
  }

  /** Closes the connection and gives the figures. */
  async collect(): Promise<JobResult> {
    if (this.#span === undefined) throw new Error('collect: the job has not run to its end');
    const { failure } = this.#span;
    // After writes this flushes: a server that cannot do that has failed us too. A connection that was lost is told of already.
    await this.#client.close().catch((error: unknown) => failure ?? this.#countError(error));
    return {
      ...this.#span,
      ios: this.#ios,
      errors: this.#errors,
      ...(this.#firstError === undefined ? {} : { firstError: this.#firstError }),
      latency: this.#latency.encode(),
    };
  }

  /** Closes the connection without having run. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  *#loop(write: boolean, offsets: Offsets, buffer: Uint8Array, times: LoadTimes): Co<void> {
    const { co } = this.#client;
    const { measuredFromMs, deadlineMs } = times;
    let submitted = performance.now();
    while (!this.#stopping && submitted < deadlineMs) {
      const offset = offsets.next();
      let failure: unknown;
      try {
        yield* write ? co.write(offset, buffer) : co.readInto(offset, buffer);
      } catch (error) {
        if (!(error instanceof NbdServerError)) throw error;
        failure = error;
      }
      // One look at the clock: it ends this I/O, starts the next and is checked against the deadline.
      const now = performance.now();
      if (failure !== undefined) this.#countError(failure);
      else if (now >= measuredFromMs) {
        this.#ios++;
        this.#latency.record(now - submitted);
      }
      submitted = now;
    }
  }

  #countError(error: unknown): void {
    this.#errors++;
    this.#firstError ??= messageOf(error);
  }

  #publish(index: number, progress: SharedProgress): NodeJS.Timeout {
    return setInterval(() => progress.publish(index, this.#ios), PUBLISH_MS);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `performance.now` has an origin of its own in each thread. */
function sharedClockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Not zeroes: a server may treat them as a hole. */
function newBuffer({ write, bs, index, iodepth }: JobPlan, slot: number): Uint8Array {
  return write ? Buffer.alloc(bs, 1 + ((index * iodepth + slot) % 255)) : Buffer.alloc(bs);
}
