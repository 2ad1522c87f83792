import type { Connection } from '../connection.js';
import { ConnectionLostError } from '../nbd-client-error.js';

/** Writes that were answered on connections that are gone, and that no flush has covered yet. */
interface Uncovered {
  /** The latest time, in connections made, at which the server that has them is known to have lived. */
  heardAt: number;
  readonly reason: unknown;
  readonly order: number;
}

/**
 * What connections that are gone leave behind: writes that were answered and not flushed. A flush on another connection covers them
 * (NBD_FLAG_CAN_MULTI_CONN) if that leads to the same server, not to one that has been started since, and forgotten them. It does if it was
 * made before the gone one sent the last request that its server has answered. Without such a connection they may be lost, which must be told.
 */
export class LostWrites {
  #uncovered: Uncovered | null = null;
  #order = 0;
  #risks = 0;
  #risksTold = 0;
  /** Of which risks an error tells. */
  readonly #errors = new WeakMap<object, number>();
  #reason: unknown;

  /**
   * `gone` takes no requests any more, or has ended.
   *
   * @param unflushed whether it leaves such writes
   * @param alive those on which a flush covers other connections' writes
   */
  lost(gone: Connection, unflushed: boolean, reason: unknown, alive: readonly Connection[]): void {
    const before = this.#uncovered;
    // Whom it vouched for, those vouch for that it vouched for.
    if (before !== null && gone.madeAs <= before.heardAt)
      before.heardAt = Math.max(before.heardAt, gone.heardAt);
    if (unflushed) {
      const heardAt = Math.min(gone.heardAt, before?.heardAt ?? gone.heardAt);
      this.#order++;
      this.#uncovered = { heardAt, reason, order: this.#order };
    }
    const uncovered = this.#uncovered;
    if (uncovered === null || alive.some(({ madeAs }) => madeAs <= uncovered.heardAt)) return;
    this.#uncovered = null;
    this.#risks++;
    this.#reason = uncovered.reason;
  }

  /** Whether there is something to flush. */
  get pending(): boolean {
    return this.#uncovered !== null;
  }

  /** What a flush that begins now will cover, for {@link flushed}. */
  get mark(): number {
    return this.#order;
  }

  flushed(mark: number): void {
    if (this.#uncovered !== null && this.#uncovered.order <= mark) this.#uncovered = null;
  }

  /** How often writes may have been lost. */
  get risks(): number {
    return this.#risks;
  }

  /**
   * A flush cannot cover all that was written: each one fails that was under way, or begins before one has failed.
   *
   * @param risksBefore how many there were when the flush began; absent: it begins now
   * @throws ConnectionLostError `NBD_NOT_FLUSHED`
   */
  assertNone(operation: string, risksBefore: number = this.#risksTold): void {
    if (this.#risks === risksBefore) return;
    const detail = 'what was written since the last flush may not be on stable storage';
    const error = new ConnectionLostError(operation, this.#reason, 'NBD_NOT_FLUSHED', detail);
    this.#errors.set(error, this.#risks);
    throw error;
  }

  /** A flush fails with `error`: its caller knows now. */
  told(error: unknown): void {
    const risks = this.#errors.get(error as object);
    if (risks !== undefined) this.#risksTold = Math.max(this.#risksTold, risks);
  }
}
