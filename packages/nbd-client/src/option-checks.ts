import { NbdUsageError } from '@coaio/nbd-protocol';

/** What a value must be, if it is not. */
export type Check = (value: unknown) => string | undefined;
export type Checks<Options> = Readonly<Record<keyof Required<Options>, Check>>;

export const boolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
export const text: Check = (value) => (typeof value === 'string' ? undefined : 'a string');
export const name: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'a string, not empty';
export const callback: Check = (value) => (typeof value === 'function' ? undefined : 'a function');
export const object: Check = (value) => (isObject(value) ? undefined : 'an object');
export const strings: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'a list of strings';
export const milliseconds: Check = (value) =>
  Number.isFinite(value) && (value as number) >= 0 ? undefined : 'a number of milliseconds from 0 on';
/** For what is checked where its limits are known. */
export const anything: Check = () => undefined;

/** Known by what is used of them: they may come from another realm, or be a test's own. */
export function having(what: string, ...methods: string[]): Check {
  return (value) =>
    isObject(value) && methods.every((method) => typeof value[method] === 'function') ? undefined : what;
}

export const abortSignal = having('an AbortSignal', 'addEventListener', 'throwIfAborted');

/**
 * @param prefix of the names in errors.
 * @throws NbdUsageError `NBD_BAD_ARGUMENT`: an option that there is not, or a value that it cannot have.
 */
export function checkOptions(
  operation: string,
  prefix: string,
  checks: Readonly<Record<string, Check>>,
  options: object,
): void {
  if (!isObject(options)) throw bad(operation, `${prefix}options: ${kindOf(options)} is not an object`);
  // Not Object.entries: of each request this is asked.
  for (const key in options) {
    const check = checks[key];
    // `constructor` is no option.
    if (check === undefined || !Object.hasOwn(checks, key))
      throw bad(operation, `there is no option "${prefix}${key}"`);
    const value = options[key];
    if (value === undefined) continue;
    const wanted = check(value);
    if (wanted !== undefined) throw bad(operation, `${prefix}${key} ${shown(value)} is not ${wanted}`);
  }
}

/** What of a value can be said. */
export function kindOf(value: unknown): string {
  if (value === '') return 'a string that is empty';
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  const type = typeof value;
  return type === 'object' ? 'an object' : `a ${type}`;
}

/** A key of TLS may be among the values: what is no word or number is not shown. */
function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(operation: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}
