import type { NbdError } from './nbd-error.js';

const CODE = /^NBD_[A-Z0-9_]+$/;
const FAULTS: ReadonlySet<unknown> = new Set(['caller', 'peer', 'server', 'connection']);

/**
 * Whether `value` is an error of the NBD packages, or the record that `toNbdErrorRecord()` made of one. Looks at `code` and
 * not at the class, which is another one in each thread and in each copy of this package.
 */
export function isNbdError(value: unknown): value is NbdError {
  if (typeof value !== 'object' || value === null) return false;
  const { code, fault, name, message } = value as Record<string, unknown>;
  if (typeof code !== 'string' || !CODE.test(code)) return false;
  return FAULTS.has(fault) && typeof name === 'string' && typeof message === 'string';
}
