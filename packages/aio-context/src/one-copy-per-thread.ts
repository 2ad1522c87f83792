/** Refuses a second copy of a package in one thread: each copy would have its own idea of what is current. */
export function claimThread(packageName: string, moduleUrl: string): void {
  const key = Symbol.for(packageName);
  const claims = globalThis as { [key: symbol]: string | undefined };
  const first = claims[key];
  if (first !== undefined) {
    throw Object.assign(
      new Error(
        `${packageName} is loaded twice in this thread, from ${first} and from ${moduleUrl}: ` +
          'deduplicate it in your dependencies, both copies would keep their own current context',
      ),
      { code: 'COAIO_LOADED_TWICE' },
    );
  }
  claims[key] = moduleUrl;
}
