import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder that is gone when it is removed, and at the latest when the process ends by itself. */
export class TemporaryFolder {
  readonly path: string;
  readonly #remove = (): void => rmSync(this.path, { recursive: true, force: true });

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'nbd-bench-'));
    process.on('exit', this.#remove);
  }

  remove(): void {
    process.off('exit', this.#remove);
    this.#remove();
  }
}
