import { SingleBar } from 'cli-progress';

/** Which step of how many it is, on stderr; nothing when that is not a terminal. */
export class StepsLine {
  readonly #bar: SingleBar | undefined;

  /** @param step what a step is called, e.g. `turn` */
  constructor(step: string, steps: number) {
    if (process.stderr.isTTY !== true) return;
    this.#bar = new SingleBar({
      format: `[{bar}] ${step} {value} of {total}: {name}`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: null,
      gracefulExit: false,
      barsize: 24,
      linewrap: true,
    });
    this.#bar.start(steps, 0, { name: '' });
  }

  next(name: string): void {
    this.#bar?.increment({ name });
  }

  end(): void {
    this.#bar?.stop();
  }
}
