import { InvalidArgumentError } from 'commander';

/** A parser of values with commas between, each by `one`; a value that comes twice counts once. */
export function listOf<T>(one: (text: string) => T): (text: string) => T[] {
  return (text) => [...new Set(text.split(',').map(one))];
}

/** A parser of one of `choices`. */
export function oneOf<T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
  };
}
