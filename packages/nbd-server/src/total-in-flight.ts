/** A connection that waits for its turn. */
export interface InLine {
  /** Bytes that it has of the total. */
  readonly loan: number;
  /** What {@link loan} will be once it has had its turn; 0: it needs nothing of the total. */
  readonly loanAfterTurn: number;
  /** It has its turn: the loan is taken. */
  takeTurn(): void;
}

/**
 * What the connections of a server hold together, beyond what each has to itself. Who finds it used up waits in line. A connection that
 * has less has its turn before one that has more, of equals who has waited longer; so nobody waits for ever, for who waits gets less.
 */
export class TotalInFlight {
  readonly #max: number;
  /** Oldest first. */
  readonly #line: InLine[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#max = maxBytes;
  }

  get isWaitedFor(): boolean {
    return this.#line.length > 0;
  }

  /** Whether a loan may grow by `bytes` now. */
  hasRoom(bytes: number): boolean {
    return this.#line.length === 0 && this.#fits(bytes);
  }

  /** The loan of a connection, which may be one of those in line, has changed. */
  change(bytes: number): void {
    this.#bytes += bytes;
    if (bytes <= 0) this.#goOn();
  }

  join(connection: InLine): void {
    this.#line.push(connection);
    this.#goOn();
  }

  leave(connection: InLine): void {
    const place = this.#line.indexOf(connection);
    if (place < 0) return;
    this.#line.splice(place, 1);
    this.#goOn();
  }

  #goOn(): void {
    if (this.#line.length === 0) return;
    for (const connection of [...this.#line]) if (connection.loanAfterTurn === 0) this.#admit(connection);
    for (;;) {
      let next = this.#line[0];
      if (next === undefined) return;
      for (const connection of this.#line) if (connection.loan < next.loan) next = connection;
      // The others wait behind it, or what is free would never be enough for a large one.
      if (!this.#fits(next.loanAfterTurn - next.loan)) return;
      this.#admit(next);
    }
  }

  #admit(connection: InLine): void {
    this.#line.splice(this.#line.indexOf(connection), 1);
    connection.takeTurn();
  }

  #fits(bytes: number): boolean {
    return this.#bytes + bytes <= this.#max;
  }
}
