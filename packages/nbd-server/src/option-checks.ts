import { NbdUsageError } from '@coaio/nbd-protocol';

/** What `typeof` must say of each option that is given. */
export type OptionTypes<Options> = Readonly<
  Record<keyof Required<Options>, 'boolean' | 'function' | 'number' | 'object' | 'string'>
>;

/**
 * For callers without types: a misspelt `tls` would be a server without it, a misspelt `readOnly` a disk that clients write to.
 *
 * @param what is named in errors.
 * @param prefix of the options' names there.
 * @throws NbdUsageError `NBD_BAD_ARGUMENT`: an option that there is not, or a value of the wrong type.
 */
export function checkOptions<Options extends object>(
  what: string,
  prefix: string,
  types: OptionTypes<Options>,
  options: Options,
): void {
  if (kindOf(options) !== 'object')
    throw bad(what, `${prefix}options of type ${kindOf(options)} are no object`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(types, name)) throw bad(what, `there is no option "${prefix}${name}"`);
    const type = types[name as keyof Options];
    // What a password may be in is not shown.
    if (value !== undefined && kindOf(value) !== type)
      throw bad(what, `${prefix}${name} is of type ${kindOf(value)}, not ${type}`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function bad(what: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', what, detail);
}
