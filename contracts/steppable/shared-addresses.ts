import type { Step } from './step.js';
import type { MemoryStep } from './world.js';

/** Finds out which words more than one thread uses and somebody writes: only their uses can be told apart by their order. */
export class SharedAddresses {
  /** Thrown when a word that was taken for unshared is shared. The exploration starts again, and knows it. */
  readonly mistake = new Error('a word is shared');
  readonly #users = new Map<number, { threads: number; written: boolean }>();

  /** Every word that somebody has written so far; the others stay as they were. */
  readonly written: number[] = [];

  isUnshared(step: Step): boolean {
    return isMemoryStep(step) && !sleeps(step) && !this.#isShared(step[2]);
  }

  note(thread: number, step: MemoryStep): void {
    const index = step[2];
    const before = this.#isShared(index);
    const users = this.#users.get(index) ?? { threads: 0, written: false };
    users.threads |= 1 << thread;
    if (step[0] !== 'load' && !users.written) {
      users.written = true;
      this.written.push(...addressesOf(step));
    }
    this.#users.set(index, users);
    if (!before && this.#isShared(index)) throw this.mistake;
  }

  #isShared(index: number): boolean {
    const users = this.#users.get(index);
    return users?.written === true && (users.threads & (users.threads - 1)) !== 0;
  }
}

function addressesOf(step: MemoryStep): readonly number[] {
  if (step[0] !== 'push' && step[0] !== 'shift') return [step[2]];
  return Array.from({ length: step[3] }, (_, at) => step[2] + at);
}

function isMemoryStep(step: Step): step is MemoryStep {
  return !['ghost', 'forget', 'returns', 'death'].includes(step[0]);
}

function sleeps(step: MemoryStep): boolean {
  return step[0] === 'wait' || step[0] === 'takeWhenSet';
}
