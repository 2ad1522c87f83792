import { toThousandths } from '../output/to-thousandths.js';
import { writes } from '../run/run-config.js';
import type { Load } from './compare-config.js';
import type { Rival, Turn } from './rival.js';
import { runProgram } from './run-program.js';

/** It copies all of an export, which with smaller requests would take longer than a turn. */
const LEAST_BLOCK = 64 * 1024;
/** What it takes for `--request-size`. */
const MOST_BLOCK = 32 * 2 ** 20;

/** `nbdcopy` to nowhere: reads in order, all of them data, on one connection. */
export class Nbdcopy implements Rival {
  readonly name = 'nbdcopy';
  #exportBytes: number | undefined;

  async version(signal: AbortSignal): Promise<string | undefined> {
    const stdout = await runProgram('nbdcopy', ['--version'], signal);
    return stdout === undefined ? undefined : (/^nbdcopy (\S+)/m.exec(stdout)?.[1] ?? 'unknown');
  }

  rw({ rw, bs }: Load): 'read' | undefined {
    const isPowerOf2 = Number.isInteger(Math.log2(bs));
    return writes(rw) || bs < LEAST_BLOCK || bs > MOST_BLOCK || !isPowerOf2 ? undefined : 'read';
  }

  /** Copy after copy, as many as begin within a turn. The time of a process to start counts. */
  async turn(load: Load, uri: string, signal: AbortSignal): Promise<Turn> {
    const { bs, iodepth, runtime } = load;
    const size = await this.#size(uri, signal);
    const args = [
      ...['--no-extents', '--connections=1', '--threads=1', `--requests=${iodepth}`, `--request-size=${bs}`],
      // Else it has less in flight than it was told to.
      `--queue-size=${bs * iodepth}`,
    ];
    const started = performance.now();
    let copies = 0;
    let seconds = 0;
    for (; seconds < runtime; seconds = (performance.now() - started) / 1000) {
      await runProgram('nbdcopy', [...args, uri, 'null:'], signal);
      copies++;
    }
    const bytesPerSecond = (copies * size) / seconds;
    return {
      iops: toThousandths(bytesPerSecond / bs),
      mibPerSecond: toThousandths(bytesPerSecond / 2 ** 20),
    };
  }

  async #size(uri: string, signal: AbortSignal): Promise<number> {
    this.#exportBytes ??= Number(await runProgram('nbdinfo', ['--size', uri], signal));
    if (!(this.#exportBytes > 0)) throw new Error('nbdinfo did not tell the size of the export');
    return this.#exportBytes;
  }
}
