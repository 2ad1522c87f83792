import { onTestFinished } from 'vitest';

/** Catches what becomes this thread's uncaught exception, until the test ends; without it vitest would fail. */
export function collectUncaught(): unknown[] {
  const errors: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => errors.push(error));
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
  return errors;
}
