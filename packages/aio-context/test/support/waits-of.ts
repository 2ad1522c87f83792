/** What the thread blocks for in `callback`, in milliseconds: each call of Atomics.wait. */
export function waitsOf(callback: () => void): (number | undefined)[] {
  const waitsMs: (number | undefined)[] = [];
  const { wait } = Atomics;
  Atomics.wait = ((words: Int32Array, index: number, value: number, timeout?: number) => {
    waitsMs.push(timeout);
    return wait(words, index, value, timeout);
  }) as typeof Atomics.wait;
  try {
    callback();
  } finally {
    Atomics.wait = wait;
  }
  return waitsMs;
}
