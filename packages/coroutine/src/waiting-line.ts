/** What stands in a {@link WaitingLine}: it is its own link, so it stands in one line at a time. */
export interface InLine<T> {
  ahead: T | null;
  behind: T | null;
}

/** Those who wait, first in first out. Each step takes the same time however many they are. For queues and locks. */
export class WaitingLine<T extends InLine<T>> {
  #first: T | null = null;
  #last: T | null = null;

  get first(): T | null {
    return this.#first;
  }

  get isEmpty(): boolean {
    return this.#first === null;
  }

  push(waiter: T): void {
    waiter.ahead = this.#last;
    if (this.#last === null) this.#first = waiter;
    else this.#last.behind = waiter;
    this.#last = waiter;
  }

  pushFront(waiter: T): void {
    waiter.behind = this.#first;
    if (this.#first === null) this.#last = waiter;
    else this.#first.ahead = waiter;
    this.#first = waiter;
  }

  takeFirst(): T | null {
    const first = this.#first;
    if (first !== null) this.remove(first);
    return first;
  }

  /** By whoever knows that it stands in this line. */
  remove(waiter: T): void {
    const { ahead, behind } = waiter;
    if (ahead === null) this.#first = behind;
    else ahead.behind = behind;
    if (behind === null) this.#last = ahead;
    else behind.ahead = ahead;
    waiter.ahead = null;
    waiter.behind = null;
  }
}
