import { type Happening, InterleavingError } from './interleaving-error.js';
import { SharedAddresses } from './shared-addresses.js';
import type { Ghost, Script, Step, StepResult } from './step.js';
import { type ThreadState, ThreadTree } from './thread-tree.js';
import { applyAtomics, type World, worldKey } from './world.js';

export interface Scenario {
  /** The memory that the threads start with. Every explored state has its own copy; the scripts get a placeholder. */
  readonly memory: Int32Array;
  readonly ghost?: Ghost;
  /** The threads, each started anew as often as needed. */
  readonly threads: readonly (() => Script<unknown>)[];
  /** Threads that may die between any two steps; and how many do in one interleaving at most (default: all of them). */
  readonly mayDie?: readonly number[];
  readonly deaths?: number;
  /** Threads that may be in `Atomics.wait` at the end, and need not end. */
  readonly mayStayAsleep?: readonly number[];
  /** Called after each operation, with the memory after it; what it throws fails the exploration. */
  readonly watch?: (thread: number, step: Step, result: StepResult, ghost: Ghost, memory: Int32Array) => void;
  /** Called at each end; what it throws fails the exploration. */
  readonly atEnd?: (end: { memory: Int32Array; ghost: Ghost; died: readonly number[] }) => void;
  /** More states than this: an error, never a silent bound. Default: 4 million. */
  readonly maxStates?: number;
}

export interface Exploration {
  /** How many orders of the steps on words that threads share there are. All were explored. */
  readonly interleavings: bigint;
  readonly states: number;
}

/**
 * Runs the threads in every interleaving of their steps, one `Atomics` operation each.
 *
 * Nothing is bounded. Two interleavings that lead every thread to the same place with the same values, and to the same memory, go on as one.
 * A step on a word that no other thread uses, or that nobody writes, is no place to interleave: which these are is found out.
 *
 * @throws InterleavingError of the first interleaving in which a script, `watch` or `atEnd` throws, or a thread hangs.
 */
export function explore(scenario: Scenario): Exploration {
  const addresses = new SharedAddresses();
  for (;;) {
    const run = new Run(scenario, addresses);
    try {
      return { interleavings: run.from(run.start()), states: run.states };
    } catch (error) {
      // A word turned out to be shared: from the start, with a step to interleave at each use of it.
      if (error !== addresses.mistake) throw error;
    }
  }
}

class Run {
  readonly #scenario: Scenario;
  readonly #addresses: SharedAddresses;
  readonly #trees: readonly ThreadTree[];
  // null: still being explored.
  readonly #ways = new Map<string, bigint | null>();
  readonly #trace: Happening[] = [];

  constructor(scenario: Scenario, addresses: SharedAddresses) {
    this.#scenario = scenario;
    this.#addresses = addresses;
    this.#trees = scenario.threads.map((start) => new ThreadTree(start));
  }

  get states(): number {
    return this.#ways.size;
  }

  start(): World {
    const { memory, ghost = [] } = this.#scenario;
    const world: World = {
      memory: memory.slice(),
      ghost: ghost.slice(),
      threads: this.#trees.map((tree) => tree.root),
      asleep: this.#trees.map(() => false),
      died: [],
    };
    for (const thread of world.threads.keys()) this.#runUnshared(world, thread);
    return world;
  }

  /** How many interleavings go on from here. */
  from(world: World): bigint {
    const key = worldKey(world, this.#addresses.written);
    const known = this.#ways.get(key);
    if (known === null) throw new InterleavingError('the threads go round in a circle', this.#trace);
    if (known !== undefined) return known;
    this.#ways.set(key, null);
    let ways = 0n;
    let canGoOn = false;
    for (const thread of world.threads.keys()) {
      const { step } = world.threads[thread] as ThreadState;
      if (step === undefined || world.died.includes(thread)) continue;
      if (!world.asleep[thread] && isEnabled(world, step)) {
        canGoOn = true;
        ways += this.#branch(world, (next) => this.#doStep(next, thread));
      }
      if (world.asleep[thread] && step[0] === 'wait' && step[4] !== undefined) {
        canGoOn = true;
        ways += this.#branch(world, (next) => this.#wake(next, thread, 'timed-out'));
      }
      if (this.#mayDie(world, thread)) ways += this.#branch(world, (next) => this.#die(next, thread));
    }
    if (!canGoOn) {
      this.#end(world);
      ways += 1n;
    }
    this.#ways.set(key, ways);
    if (this.#ways.size > (this.#scenario.maxStates ?? 4_000_000))
      throw new Error('explore: too many states');
    return ways;
  }

  #branch(world: World, change: (next: World) => void): bigint {
    const next: World = {
      memory: world.memory.slice(),
      ghost: world.ghost.slice(),
      threads: world.threads.slice(),
      asleep: world.asleep.slice(),
      died: world.died.slice(),
    };
    const { length } = this.#trace;
    change(next);
    const ways = this.from(next);
    this.#trace.length = length;
    return ways;
  }

  #mayDie(world: World, thread: number): boolean {
    const { mayDie = [], deaths = mayDie.length } = this.#scenario;
    return mayDie.includes(thread) && world.died.length < deaths;
  }

  #die(world: World, thread: number): void {
    world.died.push(thread);
    this.#trace.push({ thread, result: 'dies' });
  }

  #doStep(world: World, thread: number): void {
    const { step } = world.threads[thread] as ThreadState;
    if (step === undefined) return;
    const result = this.#apply(world, thread, step);
    if (world.asleep[thread]) return;
    this.#advance(world, thread, result);
    this.#runUnshared(world, thread);
  }

  /** What others cannot see happens with the step before it. */
  #runUnshared(world: World, thread: number): void {
    for (;;) {
      const { step } = world.threads[thread] as ThreadState;
      if (step === undefined || !(isInner(step) || this.#addresses.isUnshared(step))) return;
      this.#advance(world, thread, this.#apply(world, thread, step));
    }
  }

  #apply(world: World, thread: number, step: Step): StepResult {
    if (step[0] === 'ghost') {
      this.#guarded(() => step[1](world.ghost));
      return 0;
    }
    if (step[0] === 'forget' || step[0] === 'returns') return 0;
    if (step[0] === 'death') return world.died[step[1] - 1] ?? -1;
    this.#addresses.note(thread, step);
    const result = applyAtomics(world, thread, step);
    this.#trace.push({ thread, step, result });
    this.#guarded(() => this.#scenario.watch?.(thread, step, result, world.ghost, world.memory));
    if (step[0] === 'notify') this.#rouse(world, step[2]);
    return result;
  }

  #rouse(world: World, index: number): void {
    for (const [thread, asleep] of world.asleep.entries()) {
      const step = world.threads[thread]?.step;
      if (!asleep || step?.[0] !== 'wait' || step[2] !== index || world.died.includes(thread)) continue;
      this.#wake(world, thread, 'ok');
    }
  }

  #wake(world: World, thread: number, result: 'ok' | 'timed-out'): void {
    world.asleep[thread] = false;
    this.#trace.push({ thread, result });
    this.#advance(world, thread, result);
    this.#runUnshared(world, thread);
  }

  #advance(world: World, thread: number, result: StepResult): void {
    const tree = this.#trees[thread] as ThreadTree;
    world.threads[thread] = this.#guarded(() => tree.after(world.threads[thread] as ThreadState, result));
  }

  #end(world: World): void {
    const { mayStayAsleep = [], atEnd } = this.#scenario;
    for (const [thread, { step }] of world.threads.entries()) {
      if (step === undefined || step[0] === 'death' || world.died.includes(thread)) continue;
      if (world.asleep[thread] && mayStayAsleep.includes(thread)) continue;
      throw new InterleavingError(`thread ${thread} hangs in ${step[0]}`, this.#trace);
    }
    this.#guarded(() => atEnd?.(world));
  }

  #guarded<Result>(run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      if (error === this.#addresses.mistake) throw error;
      throw new InterleavingError(error instanceof Error ? error.message : String(error), this.#trace, {
        cause: error,
      });
    }
  }
}

function isInner(step: Step): boolean {
  return step[0] === 'ghost' || step[0] === 'forget' || step[0] === 'returns';
}

function isEnabled(world: World, step: Step): boolean {
  if (step[0] === 'death') return world.died.length >= step[1];
  return step[0] !== 'takeWhenSet' || world.memory[step[2]] !== 0;
}
