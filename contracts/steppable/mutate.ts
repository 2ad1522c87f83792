import { readFileSync } from 'node:fs';

/** Another text in a source file, to see whether an exploration notices. */
export interface Mutation {
  readonly replace: string;
  readonly by: string;
}

/**
 * The text of the file with these changes.
 * @throws Error if the text that a mutation replaces is not there exactly once.
 */
export function readMutated(file: URL, mutations: readonly Mutation[]): string {
  let text = readFileSync(file, 'utf8');
  for (const { replace, by } of mutations) {
    const parts = text.split(replace);
    if (parts.length !== 2) {
      throw new Error(`mutation: "${replace}" is ${parts.length - 1} times in ${file.pathname}, not once`);
    }
    text = parts.join(by);
  }
  return text;
}
