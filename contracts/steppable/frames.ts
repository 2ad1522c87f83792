import type { AtomicsOp, Script, Step, StepResult } from './step.js';

type Values = () => readonly (() => unknown)[];

/** The steps that are inside of loaded functions, with the frames of these, innermost first. */
const frames = new WeakMap<Step, string[]>();

/** Where in the loaded functions the step is, with all their variables. Undefined: it is the test's own. */
export function frameOf(step: Step): string | undefined {
  return frames.get(step)?.join(';');
}

/** An `Atomics` operation of a loaded function. */
export function* stepInFrame(
  site: string,
  values: Values,
  op: AtomicsOp,
  words: Int32Array,
  index: number,
  ...args: number[]
): Script<StepResult> {
  const step: Step = [op, words, index, ...args];
  frames.set(step, [describe(site, values)]);
  return yield step;
}

/** A call of one loaded function by another. */
export function* callInFrame(site: string, values: Values, call: Script<unknown>): Script<unknown> {
  const frame = describe(site, values);
  let next = call.next();
  while (!next.done) {
    frames.get(next.value)?.push(frame);
    next = call.next(yield next.value);
  }
  return next.value;
}

/** A call of a loaded function by a test's script: how it got its result is forgotten. */
export function asCall(
  script: (...args: unknown[]) => Script<unknown>,
): (...args: unknown[]) => Script<unknown> {
  return function* (...args) {
    const result = yield* script(...args);
    yield ['returns', String(result)];
    return result;
  };
}

function describe(site: string, values: Values): string {
  return `${site}(${values().map(variableOf)})`;
}

function variableOf(get: () => unknown): string {
  try {
    const value = get();
    return typeof value === 'object' ? '' : String(value);
  } catch {
    return '-';
  }
}
