import { SingleBar } from 'cli-progress';

/** Which turn it is, on stderr; nothing when that is not a terminal. */
export class TurnsLine {
  readonly #bar: SingleBar | undefined;

  constructor(turns: number) {
    if (process.stderr.isTTY !== true) return;
    this.#bar = new SingleBar({
      format: '[{bar}] turn {value} of {total}: {name}',
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: null,
      gracefulExit: false,
      barsize: 24,
      linewrap: true,
    });
    this.#bar.start(turns, 0, { name: '' });
  }

  next(name: string): void {
    this.#bar?.increment({ name });
  }

  end(): void {
    this.#bar?.stop();
  }
}
