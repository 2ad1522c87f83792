/** What `Atomics` does in one step. */
export type AtomicsOp =
  | 'load'
  | 'store'
  | 'add'
  | 'sub'
  | 'and'
  | 'or'
  | 'exchange'
  | 'compareExchange'
  | 'wait'
  | 'notify';

/** State of the test's own, in numbers, that no thread's code can see: who is inside, who is next, how often. */
export type Ghost = number[];

/**
 * What a thread does next. `words` is a placeholder: each explored state has a memory of its own.
 * - `Atomics`: that operation.
 * - `takeWhenSet`: sleeps until the word is not 0, then takes it, leaving 0. Stands for the whole wake of a thread.
 * - `push`: puts a value, not 0, at the end of a queue, which has that many words, 0 from its end on. `shift`: takes the first, 0 for none.
 * - `death`: sleeps until the given number of threads have died; gives the index of the last of these.
 * - `returns`: a loaded function has returned.
 * - `forget`: promises that all that the script does from here on depends on `now` only.
 * - `ghost`: looks at or changes the ghost, as part of the step before it.
 */
export type Step =
  | readonly [op: AtomicsOp, words: Int32Array, index: number, ...args: number[]]
  | readonly [op: 'takeWhenSet', words: Int32Array, index: number]
  | readonly [op: 'push', words: Int32Array, queue: number, capacity: number, value: number]
  | readonly [op: 'shift', words: Int32Array, queue: number, capacity: number]
  | readonly [op: 'death', nth: number]
  | readonly [op: 'returns', value: string]
  | readonly [op: 'forget', now: string]
  | readonly [op: 'ghost', look: (ghost: Ghost) => void];

export type StepResult = number | string;

/** One thread. It must do the same whenever its steps give the same. */
export type Script<Result = void> = Generator<Step, Result, StepResult>;

export function* takeWhenSet(words: Int32Array, index: number): Script<number> {
  return Number(yield ['takeWhenSet', words, index]);
}

/** The index of the `nth` thread (from 1) that dies, once it has. */
export function* diesWhere(nth: number): Script<number> {
  return Number(yield ['death', nth]);
}

/** Looks at or changes the ghost at the moment of the step before; what it throws fails the exploration. */
export function* ghost(look: (ghost: Ghost) => void): Script {
  yield ['ghost', look];
}

/** From here on the script does what `now` says, whatever it has seen before: its histories are one from here on. */
export function* forget(now: string | number): Script {
  yield ['forget', String(now)];
}
