import { SingleBar } from 'cli-progress';
import type { SharedProgress } from '../job/shared-progress.js';

const REDRAW_MS = 200;

/** IOPS so far and seconds left, on stderr. */
export class ProgressLine {
  readonly #bar: SingleBar;
  readonly #timer: NodeJS.Timeout;

  /** On a terminal only: a log has no use for it. */
  static wanted(): boolean {
    return process.stderr.isTTY === true;
  }

  constructor(progress: SharedProgress, runtime: number) {
    this.#bar = new SingleBar({
      format: '[{bar}] {iops} IOPS, {left} s left',
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: null,
      gracefulExit: false,
      barsize: 24,
      // Switched off it would stay so after an exit at once.
      linewrap: true,
    });
    const started = performance.now();
    this.#bar.start(runtime, 0, { iops: 0, left: Math.ceil(runtime) });
    this.#timer = setInterval(() => {
      const elapsed = (performance.now() - started) / 1000;
      this.#bar.update(Math.min(elapsed, runtime), {
        iops: Math.round(progress.total() / elapsed),
        left: Math.ceil(Math.max(runtime - elapsed, 0)),
      });
    }, REDRAW_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#bar.stop();
  }
}
