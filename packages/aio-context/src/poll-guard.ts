import { AioContextError } from './aio-context-error.js';

// Per thread: which coroutine runs, in the words of the package that knows.
let runningCoroutine: () => string | undefined = () => undefined;

/** @internal For `@coaio/coroutine`: gives the name of the running coroutine. */
export function tellRunningCoroutine(name: () => string | undefined): void {
  runningCoroutine = name;
}

/** A poll in a coroutine would enter others from within it, and could wait for the very one that it stops. */
export function refuseInCoroutine(operation: string): void {
  const name = runningCoroutine();
  if (name !== undefined) {
    throw new AioContextError(
      'AIO_POLL_IN_COROUTINE',
      `${operation}: called in coroutine "${name}", which would stop`,
    );
  }
}
