import type { Coroutine, InLine } from '@coaio/coroutine';

/**
 * How far a wait is. `chosen`: a waking call has taken it from the line, and the wake is on its way.
 * waiting -> chosen -> woken, waiting -> woken, waiting -> abandoned.
 */
export type WaitState = 'waiting' | 'chosen' | 'woken' | 'abandoned';

/** One wait. */
export class Waiter implements InLine<Waiter> {
  readonly coroutine: Coroutine;
  state: WaitState = 'waiting';
  ahead: Waiter | null = null;
  behind: Waiter | null = null;

  constructor(coroutine: Coroutine) {
    this.coroutine = coroutine;
  }
}
