import { InFlightRequest } from './in-flight-request.js';

/** The requests of one connection. The owner of a cookie is found by index; there are as many slots as were ever busy at once. */
export class RequestSlots {
  readonly #slots: InFlightRequest[] = [];
  readonly #free: InFlightRequest[] = [];

  take(): InFlightRequest {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const slot = new InFlightRequest(this.#slots.length);
    this.#slots.push(slot);
    return slot;
  }

  release(slot: InFlightRequest): void {
    slot.free();
    this.#free.push(slot);
  }

  /** The unanswered request of this cookie, given up or not. */
  find(cookieHigh: number, cookieLow: number): InFlightRequest | undefined {
    const slot = this.#slots[cookieLow];
    if (slot === undefined || slot.cookieHigh !== cookieHigh) return undefined;
    return slot.state === 'waiting' || slot.state === 'given-up' ? slot : undefined;
  }

  /** Those that somebody waits for. */
  waiting(): InFlightRequest[] {
    return this.#slots.filter(({ state }) => state === 'waiting');
  }

  /** Those that nobody waits for, and that are not answered. */
  givenUp(): InFlightRequest[] {
    return this.#slots.filter(({ state }) => state === 'given-up');
  }
}
