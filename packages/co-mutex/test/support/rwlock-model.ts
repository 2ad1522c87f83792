interface Ticket {
  readonly who: number;
  /** `read again`: an upgrade that was given up, which nothing ends but the grant. */
  kind: 'read' | 'write' | 'upgrade' | 'read again';
}

/**
 * QEMU's ticket queue, written from its description: an array of tickets, and how many own the lock (-1: a writer).
 * It does not know when somebody runs: the test tells it, and it says who may.
 */
export class RwlockModel {
  owners = 0;
  readonly #tickets: Ticket[] = [];
  /** Who was granted it and has not gone on yet. */
  readonly #granted = new Map<number, Ticket>();
  /** Who has it, those that have not gone on yet included. */
  readonly holders = new Set<number>();

  /** @returns whether it has the lock at once. */
  rdlock(who: number): boolean {
    if (this.owners === 0 || (this.owners > 0 && this.#tickets.length === 0)) {
      this.owners++;
      this.holders.add(who);
      return true;
    }
    this.#tickets.push({ who, kind: 'read' });
    return false;
  }

  wrlock(who: number): boolean {
    if (this.owners === 0) {
      this.owners = -1;
      this.holders.add(who);
      return true;
    }
    this.#tickets.push({ who, kind: 'write' });
    return false;
  }

  unlock(who: number): void {
    this.holders.delete(who);
    if (this.owners > 0) this.owners--;
    else this.owners = 0;
    this.#maybeWakeOne();
  }

  upgrade(who: number): boolean {
    if (this.owners === 1 && this.#tickets.length === 0) {
      this.owners = -1;
      return true;
    }
    this.owners--;
    this.holders.delete(who);
    this.#tickets.push({ who, kind: 'upgrade' });
    this.#maybeWakeOne();
    return false;
  }

  downgrade(): void {
    this.owners = 1;
    this.#maybeWakeOne();
  }

  /** Its signal aborts: it waits no more, or to read. No matter to one that does not wait. */
  abort(who: number): void {
    const at = this.#tickets.findIndex((ticket) => ticket.who === who);
    const ticket = this.#tickets[at];
    if (ticket === undefined || ticket.kind === 'read again') return;
    if (ticket.kind === 'upgrade') ticket.kind = 'read again';
    else this.#tickets.splice(at, 1);
    this.#maybeWakeOne();
  }

  hasOrWants(who: number): boolean {
    return this.holders.has(who) || this.#tickets.some((ticket) => ticket.who === who);
  }

  /** A waiter goes on with the lock: a reader lets in the next. @returns how it has it. */
  goesOn(who: number): 'read' | 'write' {
    const ticket = this.#granted.get(who);
    if (ticket === undefined) throw new Error(`${who} goes on without having been granted the lock`);
    this.#granted.delete(who);
    if (!ticket.kind.startsWith('read')) return 'write';
    this.#maybeWakeOne();
    return 'read';
  }

  #maybeWakeOne(): void {
    const [first] = this.#tickets;
    if (first === undefined) return;
    if (first.kind.startsWith('read')) {
      if (this.owners < 0) return;
      this.owners++;
    } else {
      if (this.owners !== 0) return;
      this.owners = -1;
    }
    this.#tickets.shift();
    this.#granted.set(first.who, first);
    this.holders.add(first.who);
  }
}
