import { BroadcastChannel } from 'node:worker_threads';
import { type AioContext, BottomHalf, type RemoteBottomHalf, realtimeClock } from '@coaio/aio-context';
import { joinThreads } from '@coaio/aio-context/shared';
import { type Co, coRun, coYield, onAbort, SharedResource } from '@coaio/coroutine';
import { NBD_CMD_READ, NbdUsageError } from '@coaio/nbd-protocol';
import { holderId, introducerTo, type MemoryIntroducer, ringOwner } from '@coaio/qio-channel/shared';
import { ConnectionLostError, describeRequest, operationOf } from '../nbd-client-error.js';
import type { RequestOptions } from '../requests/request-options.js';
import { limitWait, type WaitLimit } from '../requests/wait-limit.js';
import { inboxOf, type NbdClientHandle } from './client-handle.js';
import { localClients } from './client-share.js';
import { fromCrossedError } from './crossed-error.js';
import { letGoOfView, takeView } from './holders.js';
import { BELL, BELL_GENERATION, MAX_VIEWS, SLOTS, wordsOfSlot, wordsOfView } from './layout.js';
import { askToAbort, call, submit } from './request-lists.js';
import { writeLimits, writePlace, writeRequest } from './slot-words.js';
import { StagingMemory } from './staging-memory.js';
import { type CallOutcome, ViewCalls } from './view-calls.js';

/** What a slot's word can say. */
const MAX_PLACE = 0xffffffff;

/** `closing`: calls are under way. */
type ViewState = 'open' | 'closing' | 'gone';

/** Copies of `memory` what is wanted of it, which is used for others then. */
type TakeRead = (answer: unknown, memory: Uint8Array) => void;

/** A view of another thread's client, to which it takes what is called here. */
export class ClientView {
  readonly handle: NbdClientHandle;
  readonly #words: Int32Array;
  readonly #view: number;
  readonly #owner: RemoteBottomHalf;
  readonly #context: AioContext;
  readonly #bell: BottomHalf;
  readonly #call: BottomHalf;
  readonly #introducer: MemoryIntroducer;
  readonly #staging: StagingMemory;
  readonly #slots = new SharedResource(SLOTS, { name: 'requests to another thread' });
  readonly #calls: ViewCalls;
  #state: ViewState = 'open';

  /**
   * @param context where the bell is: its polls bring the answers.
   * @throws NbdUsageError `NBD_TOO_MANY_VIEWS`, `NBD_CLOSED`.
   */
  constructor(handle: NbdClientHandle, context: AioContext) {
    // In its own thread a handle gives the client itself: this is another one.
    this.#owner = BottomHalf.attach(handle.serve) as RemoteBottomHalf;
    const thread = joinThreads();
    this.handle = handle;
    this.#context = context;
    this.#words = new Int32Array(handle.memory);
    const me = holderId(thread.number, thread.tag);
    this.#introducer = introducerTo(handle.introductions, me, this.#owner);
    this.#staging = new StagingMemory(this.#introducer);
    this.#bell = context.createBottomHalf(() => this.#look(), 'bell');
    this.#call = context.createBottomHalf(() => this.#callHome(), 'call');
    // A context that is closed refuses it, before a place is taken.
    const bell = this.#bell.handle;
    try {
      this.#view = takenView(this.#words, me, handle);
    } catch (error) {
      this.#bell.delete();
      this.#call.delete();
      throw error;
    }
    const inbox = new BroadcastChannel(inboxOf(handle, this.#view));
    this.#calls = new ViewCalls(this.#words, this.#view, inbox);
    this.#words[wordsOfView(this.#view) + BELL] = bell.cell;
    this.#words[wordsOfView(this.#view) + BELL_GENERATION] = bell.generation;
    localClients.listen(this);
  }

  /** Has the client's thread do it (`NBD_CMD_*`, `NBD_CMD_FLAG_*`). `buffer` is what it sends, or where a read's data goes. */
  call(
    command: number,
    flags: number,
    offset: number | bigint,
    length: number,
    buffer: Uint8Array | null,
    options?: RequestOptions,
  ): Co<unknown> {
    return this.#exchange(command, flags, offset, length, buffer, options, null);
  }

  /** Has it read `length` bytes in a form of its own: `take` is given what it answers, and the memory that this is about. */
  read(
    flags: number,
    offset: number | bigint,
    length: number,
    options: RequestOptions | undefined,
    take: TakeRead,
  ): Co<unknown> {
    return this.#exchange(NBD_CMD_READ, flags, offset, length, null, options, take);
  }

  /** Takes no more requests, waits for those under way, and lets go of the client. Again is no error. */
  async close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    // In the line of those who wait for a slot: once all are its own, none is under way.
    await coRun(() => this.#slots.get(SLOTS), { context: this.#context, name: 'close' });
    this.#state = 'gone';
    this.#staging.close();
    this.#calls.close();
    localClients.unlisten(this);
    this.#bell.delete();
    this.#call.delete();
    letGoOfView(this.#words, this.#view);
    // A client that is closed waits for the last view.
    ringOwner(this.#owner);
  }

  threadEnded(): void {
    if (this.#owner.isAlive) return;
    this.#look();
    this.#calls.giveUp();
  }

  *#exchange(
    command: number,
    flags: number,
    offset: number | bigint,
    length: number,
    buffer: Uint8Array | null,
    options: RequestOptions | undefined,
    take: TakeRead | null,
  ): Co<unknown> {
    // Now, not when it was called: its caller may have made it long before it begins.
    if (this.#state !== 'open') {
      const what = describeRequest({ operation: operationOf(command), offset, length });
      throw new NbdUsageError('NBD_CLOSED', what, 'this view of the client was closed');
    }
    const signal = options?.signal;
    const size = take === null ? (buffer?.length ?? 0) : length;
    if (size > MAX_PLACE) throw tooLarge(command, offset, size);
    if (!this.#slots.tryGet(1)) {
      const limits = this.#limitWait(command, offset, length, options);
      yield* within(limits, this.#slots.get(1, limits));
    }
    const calls = this.#calls;
    const slot = calls.begin();
    const at = wordsOfSlot(this.#view, slot);
    let staged: Uint8Array | null = null;
    let outcome: CallOutcome | null = null;
    try {
      writeRequest(this.#words, at, command, flags, offset, length);
      writeLimits(this.#words, at, signal !== undefined, options?.timeoutMs);
      if (size > 0) {
        if (buffer !== null && buffer.buffer instanceof SharedArrayBuffer) this.#place(at, buffer, size);
        else {
          // Another thread can read and write it: what is in a caller's own memory is copied there.
          staged = this.#staging.tryTake(size);
          if (staged === null) {
            const limits = this.#limitWait(command, offset, length, options);
            staged = yield* within(limits, this.#staging.take(size, limits.signal));
          }
          if (buffer !== null && command !== NBD_CMD_READ) staged.set(buffer);
          this.#place(at, staged, size);
        }
      }
      if (this.#owner.isAlive) {
        this.#callSoon();
        submit(this.#words, this.#view, slot);
        calls.wait(slot);
        const takeBack = signal === undefined ? null : onAbort(signal, () => this.#abort(slot));
        while (calls.isWaiting(slot)) yield* coYield();
        takeBack?.();
      }
      outcome = calls.end(slot);
      if (outcome === 'unanswered') throw this.#threadGone(command, offset, length);
      if (!('value' in outcome)) throw signal?.aborted ? signal.reason : fromCrossedError(outcome.error);
      if (staged !== null) {
        if (take !== null) take(outcome.value, staged);
        // Its owner may have transferred it away meanwhile, which throws.
        else if (command === NBD_CMD_READ) buffer?.set(staged.subarray(0, size));
      }
      return outcome.value;
    } finally {
      // Whatever was thrown: there may be no memory for what it takes.
      if (outcome === null) calls.end(slot);
      if (staged !== null) this.#staging.give(staged);
      this.#slots.put(1);
    }
  }

  /** For a wait for what the requests of the view share. */
  #limitWait(
    type: number,
    offset: number | bigint,
    length: number,
    limits: RequestOptions | undefined,
  ): WaitLimit {
    const timing = { context: this.#context, clock: realtimeClock, requestTimeoutMs: 0 };
    const missing = 'not sent, other requests of the view are under way';
    return limitWait({ type, offset, length, limits: limits ?? {} }, timing, missing);
  }

  #place(at: number, { buffer, byteOffset }: Uint8Array, length: number): void {
    writePlace(this.#words, at, this.#introducer.numberOf(buffer as SharedArrayBuffer), byteOffset, length);
  }

  #threadGone(command: number, offset: number | bigint, length: number): ConnectionLostError {
    const what = describeRequest({ operation: operationOf(command), offset, length });
    return new ConnectionLostError(what, 'the thread that has the client has ended', 'NBD_THREAD_GONE');
  }

  #abort(slot: number): void {
    askToAbort(this.#words, this.#view, slot);
    this.#callHome();
  }

  /** Answers have come, or never will. Those whom they wake are still here as they ask for more: that is one call. */
  #look(): void {
    this.#calls.takeAnswers();
    if (this.#calls.hasNews) this.#callHome();
  }

  /** What one turn asks for is one call. */
  #callSoon(): void {
    if (this.#calls.taking) this.#calls.hasNews = true;
    else this.#call.schedule();
  }

  /** Heard by nobody: the client's context was closed under it, or its thread has ended. */
  #callHome(): void {
    this.#calls.hasNews = false;
    call(this.#words, this.#view);
    if (!ringOwner(this.#owner)) this.#calls.giveUp();
  }
}

function* within<T>(limits: WaitLimit, wait: Co<T>): Co<T> {
  try {
    return yield* wait;
  } finally {
    limits.end();
  }
}

function tooLarge(command: number, offset: number | bigint, length: number): NbdUsageError {
  const operation = operationOf(command);
  const what = describeRequest({ operation, offset, length });
  return new NbdUsageError(
    'NBD_TOO_LARGE',
    operation,
    `${what} exceeds the ${MAX_PLACE} bytes of a view's request`,
  );
}

function takenView(words: Int32Array, me: number, handle: NbdClientHandle): number {
  const view = takeView(words, me);
  if (typeof view === 'number') return view;
  const what = `attach to export "${handle.info.name}"`;
  if (view === 'closed') throw new NbdUsageError('NBD_CLOSED', what, 'the client was closed');
  throw new NbdUsageError('NBD_TOO_MANY_VIEWS', what, `the client has ${MAX_VIEWS} views already`);
}
