import { BenchError, EXIT_RUN, oneLine } from './failure.js';

const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Ctrl-C and SIGTERM: the first asks for an early end, the second is one. */
export class Interrupt {
  readonly #controller = new AbortController();
  #exitStatus: number | undefined;

  /** Listens while `work` is under way. */
  static async during<T>(work: (interrupt: Interrupt) => Promise<T>): Promise<T> {
    const interrupt = new Interrupt();
    const handle = (name: NodeJS.Signals): void => interrupt.#receive(name as keyof typeof EXIT_STATUS);
    for (const name of Object.keys(EXIT_STATUS)) process.on(name, handle);
    try {
      return await work(interrupt);
    } finally {
      for (const name of Object.keys(EXIT_STATUS)) process.off(name, handle);
    }
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the command has to end with; undefined as long as nobody interrupted it. */
  get exitStatus(): number | undefined {
    return this.#exitStatus;
  }

  /** For a command that has nothing to show for it yet. */
  error(): BenchError {
    return new BenchError(this.#exitStatus ?? EXIT_RUN, oneLine(this.signal.reason));
  }

  #receive(name: keyof typeof EXIT_STATUS): void {
    const status = EXIT_STATUS[name];
    if (this.#exitStatus !== undefined) process.exit(status);
    this.#exitStatus = status;
    this.#controller.abort(new Error(`interrupted by ${name} before anything was measured`));
  }
}
