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

  /** Of a run of `rampTime` and then `runtime` seconds; what is measured begins after the first. */
  constructor(progress: SharedProgress, { rampTime, runtime }: { rampTime: number; runtime: number }) {
    const all = rampTime + runtime;
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
    this.#bar.start(all, 0, { iops: 0, left: Math.ceil(all) });
    this.#timer = setInterval(() => {
      const elapsed = (performance.now() - started) / 1000;
      this.#bar.update(Math.min(elapsed, all), {
        iops: elapsed > rampTime ? Math.round(progress.total() / (elapsed - rampTime)) : 0,
        left: Math.ceil(Math.max(all - elapsed, 0)),
      });
    }, REDRAW_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#bar.stop();
  }
}
