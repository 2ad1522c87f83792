/** Frames of the coroutine that are added to an error; each `yield*` is one. */
const FRAMES = 50;
/** One error may be thrown into many coroutines; the first few tell what there is to tell. */
const MAX_ADDED = 4;

// How often an error has been added to; weakly, its owner decides how long it lives.
const added = new WeakMap<Error, number>();

/**
 * Adds to the stack of `reason`, which comes from elsewhere, where the running coroutine `name` waited for it: the
 * chain of `yield*` that called `operation`. Called only when it is thrown: V8 takes microseconds for a stack. What is no
 * Error or will not be changed is left as it is.
 *
 * @returns `reason`, the same object, to be thrown.
 */
export function withCoroutineStack(
  reason: unknown,
  name: string,
  operation: (...args: never[]) => unknown,
): unknown {
  // From Node 24 on a frozen error's stack can still be set: it is behind an accessor.
  if (!(reason instanceof Error) || Object.isFrozen(reason)) return reason;
  const times = added.get(reason) ?? 0;
  if (times >= MAX_ADDED) return reason;
  try {
    const { stack } = reason;
    if (typeof stack !== 'string') return reason;
    const frames = `${stack}\n    in coroutine "${name}":${chainOf(operation)}`;
    // False where it is read-only; an assignment would throw.
    if (Reflect.set(reason, 'stack', frames)) added.set(reason, times + 1);
  } catch {
    // A stack of its own making, which throws: its owner's affair.
  }
  return reason;
}

/** The frames below `operation`, the innermost first. */
function chainOf(operation: (...args: never[]) => unknown): string {
  const here: { stack?: string } = {};
  captureChain(here, operation);
  // A `yield*` shows as the generator and as its `next`, which says nothing more.
  const frames = (here.stack ?? '').split('\n').filter((line) => !line.endsWith('.next (<anonymous>)'));
  return ['', ...frames.slice(1, 1 + FRAMES)].join('\n');
}

/**
 * Gives `error` the stack below the call of `below`: at V8's default of 10 frames, with two for each `yield*`, the function
 * that matters would often be cut off. Who has turned stacks off gets none.
 */
export function captureChain(error: object, below: (...args: never[]) => unknown): void {
  const limit = Error.stackTraceLimit;
  // False where it is read-only, as in a hardened realm; an assignment would throw.
  const raised = limit > 0 && limit < 2 * FRAMES && Reflect.set(Error, 'stackTraceLimit', 2 * FRAMES);
  Error.captureStackTrace(error, below);
  if (raised) Reflect.set(Error, 'stackTraceLimit', limit);
}
