import { performance } from 'node:perf_hooks';
import { type Co, coRun, coSleep } from '@coaio/coroutine';
import { NbdServerError } from '@coaio/nbd-client';
import { Connections } from './connections.js';
import type { JobPlan, JobResult, JobSpan, ServerFacts, Target } from './job-plan.js';
import { Pacer } from './pacer.js';
import { SharedProgress } from './shared-progress.js';
import { Tally } from './tally.js';
import { fillPattern, PatternCheck } from './verify-pattern.js';
import { rereadWritten } from './verify-written.js';
import { Work } from './work.js';

const PUBLISH_MS = 100;
/** How long the last answers may take. A server that hangs must not hang the benchmark. */
const DRAIN_MS = 10_000;
/** The longest sleep of one that keeps to a rate: then it looks whether the run is over. */
const NAP_MS = 50;

/** What the loops of a job share. Times on the clock of `performance.now`. */
interface Load {
  plan: JobPlan;
  work: Work;
  pacer: Pacer | null;
  /** Of reads that are to find the pattern. */
  check: PatternCheck | null;
  measuredFromMs: number;
  deadlineMs: number;
}

/**
 * One or more connections under load: `iodepth` coroutines, each with one I/O in flight. Calls in order: `connect`, `run`, `verify`,
 * `collect`; meanwhile {@link stop} for an early end, {@link abort} for one without the last answers.
 */
export class Job {
  readonly #connections: Connections;
  readonly #abort: AbortController;
  readonly #reads = new Tally();
  readonly #writes = new Tally();
  readonly #connectionIos: number[];
  /** Offsets of writes that failed: what is there now nobody knows. */
  readonly #unsure = new Set<number>();
  #errors = 0;
  #firstError: string | undefined;
  #stopping = false;
  #drain: NodeJS.Timeout | undefined;
  #work: Work | undefined;
  #span: JobSpan | undefined;
  #verified = 0;
  readonly #stopVerify = new AbortController();

  static async connect(target: Target, connections: number, abort: AbortController): Promise<Job> {
    return new Job(await Connections.open(target, connections, abort), abort);
  }

  private constructor(connections: Connections, abort: AbortController) {
    this.#connections = connections;
    this.#connectionIos = Array.from({ length: connections.count }, () => 0);
    this.#abort = abort;
  }

  get serverFacts(): ServerFacts {
    return this.#connections.serverFacts;
  }

  /** Loads the server for `rampMs` and `runtimeMs`, then waits for the last answers. */
  async run(plan: JobPlan, words: BigInt64Array<SharedArrayBuffer> | undefined): Promise<JobSpan> {
    const { rampMs, runtimeMs, rateIops, verify, readPercent, bs, seed } = plan;
    const publisher = words && this.#publish(plan.index, new SharedProgress(words));
    // The loops see the deadline by themselves, but only when the server answers. A timer may be 1 ms early.
    const deadline = setTimeout(() => this.stop(), rampMs + runtimeMs + 1);
    const startedMs = sharedClockMs() + rampMs;
    const now = performance.now();
    this.#work = new Work(plan);
    const load: Load = {
      plan,
      work: this.#work,
      pacer: rateIops === null ? null : new Pacer(rateIops, now),
      check: verify && readPercent === 100 ? new PatternCheck(bs, seed) : null,
      measuredFromMs: now + rampMs,
      deadlineMs: now + rampMs + runtimeMs,
    };
    const slots = Array.from({ length: plan.iodepth }, (_, slot) => slot);
    const loops = slots.map((slot) => coRun(() => this.#loop(load, slot)));
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

  /** Reads back what the run has written. A connection that is lost meanwhile is an error that counts. */
  async verify(plan: JobPlan): Promise<void> {
    const count = this.#work?.count ?? 0;
    if (!plan.verify || plan.readPercent === 100 || this.#span?.failure !== undefined) return;
    const { signal } = this.#stopVerify;
    try {
      for await (const complaint of rereadWritten(plan, count, this.#connections, this.#unsure, signal)) {
        if (complaint === null) this.#verified++;
        else this.#countError(complaint);
      }
    } catch (error) {
      this.#countError(error);
    }
  }

  /** No more I/Os; those in flight may still be answered. */
  stop(): void {
    if (this.#span !== undefined) this.#stopVerify.abort();
    this.#stopping = true;
    this.#drain ??= setTimeout(
      () => this.abort(new Error(`no answer ${DRAIN_MS / 1000} s after the last request`)),
      DRAIN_MS,
    );
  }

  /** Ends the connections; what is in flight fails with `reason`. */
  abort(reason: unknown): void {
    this.#stopping = true;
    this.#abort.abort(reason);
  }

  /** Closes the connections and gives the figures. */
  async collect(): Promise<JobResult> {
    if (this.#span === undefined) throw new Error('collect: the job has not run to its end');
    const { failure } = this.#span;
    // After writes this flushes: a server that cannot do that has failed us too. A connection that was lost is told of already.
    await this.#connections.close().catch((error: unknown) => failure ?? this.#countError(error));
    return {
      ...this.#span,
      read: this.#reads.result(),
      write: this.#writes.result(),
      connectionIos: this.#connectionIos,
      errors: this.#errors,
      ...(this.#firstError === undefined ? {} : { firstError: this.#firstError }),
      verified: this.#verified,
    };
  }

  /** Closes the connections without having run. */
  async close(): Promise<void> {
    await this.#connections.close();
  }

  *#loop(load: Load, slot: number): Co<void> {
    const { plan, work, pacer, check, measuredFromMs, deadlineMs } = load;
    const { readPercent, verify, seed } = plan;
    const co = this.#connections.co(slot);
    const connection = slot % this.#connections.count;
    const target = this.#connections.newMemory(readPercent > 0 ? plan.bs : 0);
    const data = this.#connections.newMemory(readPercent < 100 ? plan.bs : 0);
    data.fill(dataByte(plan, slot));
    let submitted = performance.now();
    while (!this.#stopping && submitted < deadlineMs) {
      if (pacer !== null) {
        yield* this.#turn(pacer, deadlineMs);
        submitted = performance.now();
        if (this.#stopping || submitted >= deadlineMs) return;
      }
      work.next();
      const { offset, isWrite } = work;
      if (isWrite && verify) fillPattern(data, offset, seed);
      let failure: NbdServerError | null = null;
      try {
        yield* isWrite ? co.write(offset, data) : co.readInto(offset, target);
      } catch (error) {
        if (!(error instanceof NbdServerError)) throw error;
        failure = error;
      }
      // One look at the clock: it ends this I/O, starts the next and is checked against the deadline.
      const now = performance.now();
      if (failure !== null) {
        this.#countError(failure);
        if (isWrite) this.#unsure.add(offset);
      } else if (now >= measuredFromMs) {
        (isWrite ? this.#writes : this.#reads).add(now - submitted);
        this.#connectionIos[connection] = (this.#connectionIos[connection] as number) + 1;
      }
      submitted = now;
      const complaint = failure === null ? check?.complaint(target, offset) : null;
      if (complaint) this.#countError(complaint);
    }
  }

  *#turn(pacer: Pacer, deadlineMs: number): Co<void> {
    const turn = Math.min(pacer.take(performance.now()), deadlineMs);
    for (;;) {
      const wait = turn - performance.now();
      if (wait <= 0 || this.#stopping) return;
      yield* coSleep(Math.min(wait, NAP_MS) * 1e6);
    }
  }

  #countError(error: unknown): void {
    this.#errors++;
    this.#firstError ??= messageOf(error);
  }

  #publish(index: number, progress: SharedProgress): NodeJS.Timeout {
    return setInterval(() => progress.publish(index, this.#reads.ios + this.#writes.ios), PUBLISH_MS);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `performance.now` has an origin of its own in each thread. */
function sharedClockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Not zero: a server may treat zeroes as a hole. */
function dataByte({ index, iodepth }: JobPlan, slot: number): number {
  return 1 + ((index * iodepth + slot) % 255);
}
