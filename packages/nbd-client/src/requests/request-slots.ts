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
    this.#free.push(slot);
  }

  /** The unanswered request of this cookie. */
  find(cookieHigh: number, cookieLow: number): InFlightRequest | undefined {
    const slot = this.#slots[cookieLow];
    return slot !== undefined && !slot.settled && slot.cookieHigh === cookieHigh ? slot : undefined;
  }

  unanswered(): InFlightRequest[] {
    return this.#slots.filter((slot) => !slot.settled);
  }
}
