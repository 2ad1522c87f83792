/** What a `SharedResource` is to do, in the plainest words: an array of requests, looked at from the front. */
export class SharedResourceModel {
  available: number;
  readonly granted: number[] = [];
  #waiting: { id: number; amount: number }[] = [];
  readonly #total: number;

  constructor(total: number) {
    this.#total = total;
    this.available = total;
  }

  get taken(): number {
    return this.#total - this.available;
  }

  get waiting(): number[] {
    return this.#waiting.map(({ id }) => id);
  }

  get(id: number, amount: number): void {
    this.#waiting.push({ id, amount });
    this.#grant();
  }

  tryGet(amount: number): boolean {
    if (this.#waiting.length > 0 || amount > this.available) return false;
    this.available -= amount;
    return true;
  }

  put(amount: number): void {
    this.available += amount;
    this.#grant();
  }

  abort(id: number): void {
    this.#waiting = this.#waiting.filter((request) => request.id !== id);
    this.#grant();
  }

  #grant(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (first.amount > this.available) return;
      this.available -= first.amount;
      this.granted.push(first.id);
      this.#waiting.shift();
    }
  }
}
