import { toThousandths } from '../output/to-thousandths.js';
import { type Rw, writes } from '../run/run-config.js';
import type { Load } from './compare-config.js';
import type { Rival, Turn } from './rival.js';
import { runProgram } from './run-program.js';

/** A run shorter than this part of a turn is mostly its start. */
const LONG_ENOUGH = 0.5;
const MAX_COUNT = 2 ** 31 - 1;

/** `qemu-img bench`. It does a number of requests, from the first byte on and round again, not a time. */
export class QemuImg implements Rival {
  readonly name = 'qemu-img';
  /** What it last did: it tells how many requests make a turn. */
  #iops: number | undefined;

  async version(signal: AbortSignal): Promise<string | undefined> {
    const stdout = await runProgram('qemu-img', ['--version'], signal);
    return stdout === undefined ? undefined : (/version (\S+)/.exec(stdout)?.[1] ?? 'unknown');
  }

  /** It only goes through the export in order. */
  rw({ rw }: Load): Rw {
    return writes(rw) ? 'write' : 'read';
  }

  async turn(load: Load, uri: string, signal: AbortSignal): Promise<Turn> {
    let iops = this.#iops ?? (await this.#calibrate(load, uri, signal));
    iops = await this.#bench(load, clampCount(iops * load.runtime), uri, signal);
    this.#iops = iops;
    return { iops: toThousandths(iops), mibPerSecond: toThousandths((iops * load.bs) / 2 ** 20) };
  }

  async #calibrate(load: Load, uri: string, signal: AbortSignal): Promise<number> {
    const enough = load.runtime * LONG_ENOUGH;
    let count = Math.max(load.iodepth, 100);
    for (;;) {
      const iops = await this.#bench(load, count, uri, signal);
      const took = count / iops;
      if (took >= enough || count === MAX_COUNT) return iops;
      count = clampCount(Math.min(enough * iops * 1.2, count * 100));
    }
  }

  async #bench({ rw, bs, iodepth }: Load, count: number, uri: string, signal: AbortSignal): Promise<number> {
    const direction = writes(rw) ? ['-w'] : [];
    const args = ['bench', '-f', 'raw', '-c', count, '-d', iodepth, '-s', bs, '-S', bs, ...direction, uri];
    const stdout = (await runProgram('qemu-img', args.map(String), signal)) ?? '';
    return count / parseQemuImgSeconds(stdout);
  }
}

/** The time that `qemu-img bench` prints. */
export function parseQemuImgSeconds(stdout: string): number {
  const seconds = Number(/^Run completed in ([0-9.]+) seconds\.$/m.exec(stdout)?.[1]);
  if (!Number.isFinite(seconds)) throw new Error('qemu-img bench did not say how long it took');
  // It prints milliseconds: a run may have taken none.
  return Math.max(seconds, 0.0005);
}

function clampCount(count: number): number {
  return Math.min(Math.max(Math.ceil(count), 1), MAX_COUNT);
}
