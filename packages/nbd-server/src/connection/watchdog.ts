import type { AioContext, AioTimer, Clock } from '@coaio/aio-context';

const NS_PER_MS = 1e6;
/** A process that was stopped for a while finds one look due, not all of them: its clients had no chance meanwhile. */
const LOOKS = 4;

/** Looks at a connection from time to time, and ends it when all was not well for a whole period. */
export class Watchdog {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #isWell: () => boolean;
  readonly #bark: () => void;
  #timer: AioTimer | null = null;
  /** Looks in a row that found it unwell. */
  #unwell = 0;

  /** @param periodMs 0: it never looks. */
  constructor(clock: Clock, periodMs: number, isWell: () => boolean, bark: () => void) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#isWell = isWell;
    this.#bark = bark;
  }

  /** Begins, with a whole period. */
  attach(context: AioContext): void {
    this.detach();
    if (this.#periodMs === 0 || this.#periodMs === Number.POSITIVE_INFINITY) return;
    this.#unwell = 0;
    this.#timer = context.createTimer(() => this.#look(), this.#clock);
    this.#arm();
  }

  detach(): void {
    this.#timer?.del();
    this.#timer = null;
  }

  #look(): void {
    this.#unwell = this.#isWell() ? 0 : this.#unwell + 1;
    if (this.#unwell < LOOKS) this.#arm();
    else this.#bark();
  }

  #arm(): void {
    this.#timer?.mod(this.#clock.nowNs() + (this.#periodMs / LOOKS) * NS_PER_MS);
  }
}
