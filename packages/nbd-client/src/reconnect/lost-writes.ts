import type { Connection } from '../connection.js';

interface LostWith {
  readonly connection: Connection;
  readonly reason: unknown;
  readonly survived: boolean;
}

/**
 * Connections that ended with writes that were answered and not flushed. While another one lived on, a flush on that covers
 * them (NBD_FLAG_CAN_MULTI_CONN). Otherwise the server itself may have ended, and forgotten them: that must be told once.
 */
export class LostWrites {
  #lost: LostWith[] = [];

  /** @param survived whether another connection to the same server lived on */
  add(connection: Connection, reason: unknown, survived: boolean): void {
    this.#pending();
    this.#lost.push({ connection, reason, survived });
  }

  /** Why no flush covers all writes. Null: one does. It is told of once. */
  takeRisk(): { readonly reason: unknown } | null {
    const risk = this.#pending().find(({ survived }) => !survived);
    if (risk === undefined) return null;
    this.#lost = [];
    return { reason: risk.reason };
  }

  /** What a flush that begins now will cover. */
  covered(): ReadonlySet<Connection> {
    return new Set(this.#pending().map(({ connection }) => connection));
  }

  flushed(covered: ReadonlySet<Connection>): void {
    this.#lost = this.#lost.filter(({ connection }) => !covered.has(connection));
  }

  /** One that was let go softly may have had answers since. */
  #pending(): readonly LostWith[] {
    this.#lost = this.#lost.filter(
      ({ connection }) => connection.inFlight > 0 || connection.unflushedWrites > 0,
    );
    return this.#lost.filter(({ connection }) => connection.unflushedWrites > 0);
  }
}
