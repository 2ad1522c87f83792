/** Behind by more than this it does not catch up: a server that was slow is not to be flooded afterwards. */
const MAX_BEHIND_MS = 1000;

/** Lets so many begin a second, evenly spaced. */
export class Pacer {
  readonly #intervalMs: number;
  #nextMs: number;

  /** @param nowMs when the first may begin */
  constructor(rateIops: number, nowMs: number) {
    this.#intervalMs = 1000 / rateIops;
    this.#nextMs = nowMs;
  }

  /** Takes the next place. @returns when its turn is, maybe in the past */
  take(nowMs: number): number {
    const turn = Math.max(this.#nextMs, nowMs - MAX_BEHIND_MS);
    this.#nextMs = turn + this.#intervalMs;
    return turn;
  }
}
