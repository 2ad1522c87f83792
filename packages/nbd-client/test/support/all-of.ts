/** What an async iterable gives until its end. (Node 20 has no `Array.fromAsync`.) */
export async function allOf<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of iterable) all.push(item);
  return all;
}
