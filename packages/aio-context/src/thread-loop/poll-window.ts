import { AioContextError } from '../aio-context-error.js';

/** How a thread polls before it sleeps (`aio_context_set_poll_params`). Nanoseconds and factors. */
export interface PollParams {
  /** The longest window; 0: it never polls. QEMU gives an IOThread 32768. */
  pollMaxNs: number;
  /** What the window is multiplied with as it grows; 0 = 2. */
  pollGrow: number;
  /** What it is divided by as it shrinks; 0: it goes back to 0 at once. */
  pollShrink: number;
}

/** QEMU's first window. */
const FIRST_WINDOW_NS = 4000;
const DEFAULT_GROW = 2;

/** The time that a thread polls before it sleeps: it follows how long the waits are (QEMU's `adjust_polling_time`). */
export class PollWindow {
  #params: PollParams = { pollMaxNs: 0, pollGrow: 0, pollShrink: 0 };
  #ns = 0;

  get params(): PollParams {
    return this.#params;
  }

  /** The window now, in nanoseconds. */
  get ns(): number {
    return this.#ns;
  }

  /** @throws AioContextError `AIO_POLL_PARAMS`. */
  set(params: Partial<PollParams>): void {
    const merged = { ...this.#params, ...params };
    for (const [name, value] of Object.entries(merged)) {
      if (!Number.isInteger(value) || value < 0 || value > 2 ** 31 - 1) {
        throw new AioContextError(
          'AIO_POLL_PARAMS',
          `setPollParams: ${name} ${value} is not a whole number from 0 to ${2 ** 31 - 1}`,
        );
      }
    }
    this.#params = merged;
    this.#ns = 0;
  }

  /** The thread has waited for `waitNs`, polling and asleep. */
  adjust(waitNs: number): void {
    const { pollMaxNs, pollGrow, pollShrink } = this.#params;
    // Met within the window: it is right as it is.
    if (waitNs <= this.#ns) return;
    if (waitNs > pollMaxNs) {
      // No window would have met it: polling was wasted.
      this.#ns = pollShrink === 0 ? 0 : Math.floor(this.#ns / pollShrink);
    } else if (this.#ns < pollMaxNs && waitNs < pollMaxNs) {
      const grown = this.#ns === 0 ? FIRST_WINDOW_NS : this.#ns * (pollGrow === 0 ? DEFAULT_GROW : pollGrow);
      this.#ns = Math.min(grown, pollMaxNs);
    }
  }
}
