import type { StepResult } from './step.js';
import type { MemoryStep } from './world.js';

export interface Happening {
  readonly thread: number;
  /** None: it was notified, or it died. */
  readonly step?: MemoryStep;
  readonly result: StepResult;
}

/** An interleaving that breaks what must hold. The message has every step of it. */
export class InterleavingError extends Error {
  override readonly name = 'InterleavingError';
  readonly code = 'INTERLEAVING';

  constructor(what: string, trace: readonly Happening[], options?: ErrorOptions) {
    super(`${what}, in this interleaving:\n${trace.map(lineOf).join('\n')}`, options);
  }
}

function lineOf({ thread, step, result }: Happening): string {
  if (step === undefined) return `  ${thread}: ${result}`;
  const [op, , index, ...args] = step;
  // Words are in cells of 16.
  return `  ${thread}: ${op}(${[`${index >> 4}.${index & 15}`, ...args].join(', ')}) = ${result}`;
}
