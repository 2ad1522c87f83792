import { onAbort } from '@coaio/coroutine';

/** Aborts what a sequence has under way: when its caller's signal does, and when it ends early. */
export class StopSignal {
  readonly #stop = new AbortController();
  readonly #takeBack: () => void;

  constructor(signal: AbortSignal | undefined) {
    this.#takeBack = signal === undefined ? () => {} : onAbort(signal, () => this.#stop.abort(signal.reason));
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Nobody wants any more of it. */
  end(): void {
    this.#takeBack();
    this.#stop.abort();
  }
}
