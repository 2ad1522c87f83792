/** What is said above figures, e.g. `load` and `4 KiB, depth 64`. */
export type Fact = readonly [name: string, text: string];

/** A line for each, aligned. */
export function factLines(facts: readonly Fact[]): string[] {
  return facts.map(([name, text]) => `${name.padEnd(8)}${text}`);
}
