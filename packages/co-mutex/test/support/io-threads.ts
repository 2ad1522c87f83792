import { IOThread } from '@coaio/aio-context';
import { onTestFinished } from 'vitest';

/** The module of that name in `test/workers`. */
export function workerModule(file: string): URL {
  return new URL(`../workers/${file}`, import.meta.url);
}

/** IOThreads of these names, which end with the test, wherever they are then. */
export async function startIOThreads(...names: string[]): Promise<IOThread[]> {
  const threads = await Promise.all(names.map((name) => IOThread.start({ name })));
  onTestFinished(async () => {
    await Promise.all(threads.map((thread) => thread.terminate()));
  });
  return threads;
}
