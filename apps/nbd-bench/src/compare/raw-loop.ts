import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { toThousandths } from '../output/to-thousandths.js';
import type { RawForm } from '../raw-loop/raw-loop.js';
import type { Rw } from '../run/run-config.js';
import type { Load } from './compare-config.js';
import type { Rival, ServerTraits, Turn } from './rival.js';
import { runProgram } from './run-program.js';

const COMMAND = fileURLToPath(new URL('./raw-loop.js', import.meta.url));

/** The least that a client on `node:net` can do with one form of replies, in a process of its own: no rival, but the ceiling. */
export class RawLoop implements Rival {
  readonly name: string;
  readonly #form: RawForm;

  constructor(name: string, form: RawForm) {
    this.name = name;
    this.#form = form;
  }

  async version(): Promise<string> {
    return manifest.version;
  }

  unfit({ tls, structuredReplies }: ServerTraits): string | undefined {
    if (tls) return 'it has no TLS';
    return this.#form === 'structured' && !structuredReplies
      ? 'the server has no structured replies'
      : undefined;
  }

  rw({ rw }: Load): Rw {
    return rw;
  }

  async turn(load: Load, uri: string, signal: AbortSignal): Promise<Turn> {
    const args = [COMMAND, uri, this.#form, JSON.stringify(load)];
    const stdout = await runProgram(process.execPath, args, signal);
    const { iops, mibPerSecond, cpuUsPerIo } = JSON.parse(stdout ?? '') as Required<Turn>;
    return {
      iops: toThousandths(iops),
      mibPerSecond: toThousandths(mibPerSecond),
      cpuUsPerIo: toThousandths(cpuUsPerIo),
    };
  }
}
