import type { Script, Step, StepResult } from './step.js';

const PAUSE = new Error('replay: the code catches what it does not know');

let doNext: ((step: Step) => StepResult) | undefined;

/** Does a step, within what `replay` runs. */
export function doStep(step: Step): StepResult {
  if (doNext === undefined) throw new Error(`replay: ${step[0]} outside of a replay`);
  return doNext(step);
}

/**
 * A script of code that is no generator: for each step it runs again from its start, with the results so far, and is left where it asks for the
 * next. It must make all that it changes anew, and catch nothing.
 */
export function* replay<Result>(run: () => Result): Script<Result> {
  const results: StepResult[] = [];
  for (;;) {
    let done = 0;
    let next: Step | undefined;
    doNext = (step) => {
      const result = results[done];
      if (result !== undefined) {
        done++;
        return result;
      }
      next = step;
      throw PAUSE;
    };
    try {
      return run();
    } catch (error) {
      if (error !== PAUSE || next === undefined) throw error;
    } finally {
      doNext = undefined;
    }
    results.push(yield next);
  }
}
