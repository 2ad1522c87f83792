import type { Ghost, Step, StepResult } from './step.js';
import type { ThreadState } from './thread-tree.js';

/** One state of the whole. */
export interface World {
  readonly memory: Int32Array;
  readonly ghost: Ghost;
  readonly threads: ThreadState[];
  /** By thread: in `Atomics.wait`, not notified yet. */
  readonly asleep: boolean[];
  /** In the order of their deaths. */
  readonly died: number[];
}

/** An operation on a word. */
export type MemoryStep = Exclude<Step, readonly ['ghost' | 'forget' | 'returns' | 'death', ...unknown[]]>;

/** Does the operation, as `Atomics` does. A thread that begins to wait is `asleep` then, and the result says nothing. */
export function applyAtomics(world: World, thread: number, step: MemoryStep): StepResult {
  const [op, , index, first = 0, second = 0] = step as readonly [
    string,
    Int32Array,
    number,
    number?,
    number?,
  ];
  const { memory } = world;
  const old = memory[index] ?? outOfMemory(index);
  switch (op) {
    case 'load':
      return old;
    case 'store':
      memory[index] = first;
      return first;
    case 'exchange':
      memory[index] = first;
      return old;
    case 'compareExchange':
      if (old === first) memory[index] = second;
      return old;
    case 'add':
      memory[index] = old + first;
      return old;
    case 'sub':
      memory[index] = old - first;
      return old;
    case 'and':
      memory[index] = old & first;
      return old;
    case 'or':
      memory[index] = old | first;
      return old;
    case 'takeWhenSet':
      memory[index] = 0;
      return old;
    case 'push':
      memory[index + lengthOf(memory, index, first)] = second;
      return 0;
    case 'shift':
      memory.copyWithin(index, index + 1, index + first);
      memory[index + first - 1] = 0;
      return old;
    case 'wait':
      if (old !== first) return 'not-equal';
      world.asleep[thread] = true;
      return 'ok';
    case 'notify':
      return world.asleep.filter((asleep, other) => asleep && world.threads[other]?.step?.[2] === index)
        .length;
    default:
      throw new Error(`explore: Atomics.${op} is not known`);
  }
}

/** Of a queue that is to have one more. */
function lengthOf(memory: Int32Array, queue: number, capacity: number): number {
  const length = memory.subarray(queue, queue + capacity).indexOf(0);
  if (length < 0) throw new RangeError(`the queue at word ${queue} has no room for more than ${capacity}`);
  return length;
}

function outOfMemory(index: number): never {
  throw new RangeError(`word ${index} is not in the memory`);
}

/** The same for the same memory and the same histories of the threads. */
export function worldKey(
  { memory, ghost, threads, asleep, died }: World,
  addresses: readonly number[],
): string {
  let key = '';
  for (const address of addresses) key += `${memory[address]},`;
  for (const [thread, { id }] of threads.entries()) key += `|${id}${asleep[thread] ? 'z' : ''}`;
  return `${key}|${ghost.join()}|${died.join()}`;
}
