import { CoQueue } from '@coaio/co-queue';
import type { Co } from '@coaio/coroutine';
import type { WriteBatch } from '@coaio/qio-channel';
import type { BackendRequests } from '../exports/backend-requests.js';
import type { InLine, TotalInFlight } from '../total-in-flight.js';

/** Replies that may wait for the client to read them before no more of its requests are read. */
const MAX_BACKLOG = 4 * 1024 * 1024;
/** What a connection may hold whatever the others do: 64 requests of 4 KiB. Beyond, it is of the total. */
const OWN_BYTES = 256 * 1024;

/**
 * Counts what one connection holds: the request that is taken, requests that the backend has, their payloads, and replies not yet written.
 * The coroutine that reads requests waits here for room, so a client that does not read stalls itself alone.
 */
export class InFlight implements InLine {
  loan = 0;
  readonly #maxCount: number;
  readonly #maxBytes: number;
  readonly #total: TotalInFlight;
  readonly #batch: WriteBatch;
  readonly #requests: BackendRequests;
  /** The coroutine that reads requests. */
  readonly #settled = new CoQueue();
  readonly #turn = new CoQueue('turn');
  /** Who waits for the end. */
  readonly #idle = new CoQueue();
  #count = 0;
  #bytes = 0;
  /** Of the request that is taken: its payload may be on its way. */
  #taken = 0;
  /** Of the one whose turn is waited for; null: none is. */
  #wanted: number | null = null;
  #turns = 0;
  /** Drained: what is taken is not asked for, so others may have its bytes. What has arrived of it stays. */
  #isParked = false;
  #abandoned = false;

  constructor(
    limits: { maxInFlight: number; maxInFlightBytes: number },
    total: TotalInFlight,
    batch: WriteBatch,
    requests: BackendRequests,
  ) {
    this.#maxCount = limits.maxInFlight;
    this.#maxBytes = limits.maxInFlightBytes;
    this.#total = total;
    this.#batch = batch;
    this.#requests = requests;
  }

  /** Takes a request with `bytes` of payload, to or from the client, until {@link handedOn}. @returns false: not now. */
  take(bytes: number): boolean {
    if (!this.#hasOwnRoom(bytes)) return false;
    this.account();
    const loan = this.#loanOf(this.#held + bytes);
    if (loan > 0 && !this.#total.hasRoom(loan - this.loan)) return false;
    this.#taken = bytes;
    this.account();
    return true;
  }

  /** Waits until it has taken it. @returns false: {@link leaveLine} was called meanwhile. */
  *taken(bytes: number): Co<boolean> {
    while (!this.#abandoned && !this.take(bytes)) {
      if (!this.#hasOwnRoom(bytes)) yield* this.#ownRoom(bytes);
      else return yield* this.#inLine(bytes);
    }
    return true;
  }

  /** The connection is attached to no context: others do not wait for what its client has announced. */
  park(): void {
    this.#isParked = true;
    this.account();
  }

  /** It goes on with what it had taken, whatever the others have by now. */
  unpark(): void {
    this.#isParked = false;
    this.account();
  }

  /** What was taken is answered, or the backend's. */
  handedOn(): void {
    this.#taken = 0;
    this.account();
  }

  /** Who waits for the turn of this connection goes on without. */
  leaveLine(): void {
    if (this.#wanted === null) return;
    this.#wanted = null;
    this.#total.leave(this);
    this.#turn.restartAll();
  }

  get loanAfterTurn(): number {
    return this.#loanOf(this.#held + (this.#wanted ?? 0));
  }

  takeTurn(): void {
    this.#taken = this.#wanted ?? 0;
    this.#wanted = null;
    this.#turns++;
    this.account();
    this.#turn.restartAll();
  }

  /** Whether it is up to the client alone that others wait: with what it holds it is neither the backend's turn nor theirs. */
  get keepsOthersWaiting(): boolean {
    return this.loan > 0 && this.#count === 0 && this.#total.isWaitedFor;
  }

  /** Whether the backend has no request. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  begin(bytes: number): void {
    this.#count++;
    this.#requests.begin();
    this.#bytes += bytes;
    this.account();
  }

  end(bytes: number): void {
    this.#count--;
    this.#bytes -= bytes;
    this.account();
    this.#settled.next();
    if (this.#count === 0) this.#idle.restartAll();
    this.#requests.end();
  }

  /** Waits until the backend has answered everything, or until the connection is given up. */
  *idle(): Co<void> {
    while (this.#count > 0 && !this.#abandoned) yield* this.#idle.wait();
  }

  /** The connection is closed: whoever waits here waits no longer. What the backend still has it has of the total. */
  abandon(): void {
    this.#abandoned = true;
    this.leaveLine();
    this.handedOn();
    this.#settled.restartAll();
    this.#idle.restartAll();
  }

  /** Has the total know what is held now: to be called after replies were written. */
  account(): void {
    const loan = this.#loanOf(this.#held);
    if (loan === this.loan && this.#wanted === null) return;
    const change = loan - this.loan;
    this.loan = loan;
    this.#total.change(change);
  }

  get #held(): number {
    return (this.#isParked ? 0 : this.#taken) + this.#bytes + this.#batch.pendingBytes;
  }

  #loanOf(held: number): number {
    return this.#abandoned ? held : Math.max(0, held - OWN_BYTES);
  }

  #hasOwnRoom(bytes: number): boolean {
    const { pendingBytes } = this.#batch;
    if (this.#count >= this.#maxCount || pendingBytes > MAX_BACKLOG) return false;
    const held = this.#bytes + pendingBytes;
    return held + bytes <= this.#maxBytes || held === 0;
  }

  *#ownRoom(bytes: number): Co<void> {
    if (this.#count >= this.#maxCount || this.#batch.pendingBytes === 0) yield* this.#settled.wait();
    else {
      yield* this.#batch.drained(Math.min(MAX_BACKLOG, Math.max(0, this.#maxBytes - this.#bytes - bytes)));
    }
  }

  *#inLine(bytes: number): Co<boolean> {
    const turns = this.#turns;
    this.#wanted = bytes;
    this.#total.join(this);
    while (this.#wanted !== null) yield* this.#turn.wait();
    return this.#turns > turns;
  }
}
