import type { NbdBackend } from '../nbd-backend.js';
import { type BackendRule, RuleBook, type RuleOptions } from './rule-book.js';
import { wrapBackend } from './wrap-backend.js';

export interface ErrorRule extends BackendRule {
  /** The system's name for the cause: `EIO`, `ENOSPC`, ... */
  readonly code: string;
  readonly message?: string;
}

/**
 * `backend`, but what a rule means fails with its `code`, and does nothing else. If the rule has an `offset`, the error has
 * that of the first byte that failed.
 *
 * @throws NbdUsageError `NBD_BAD_ARGUMENT`: a rule that nothing can meet.
 */
export function injectErrors(
  backend: NbdBackend,
  rules: Iterable<ErrorRule>,
  options: RuleOptions = {},
): NbdBackend {
  const book = new RuleBook('injectErrors', rules, options);
  return wrapBackend(backend, (call, run) => {
    const rule = book.ruleFor(call);
    if (rule === undefined) return run();
    const text =
      rule.message ?? `${call.operation} of ${call.length} bytes at ${call.offset}: injected error`;
    const where = rule.offset === undefined ? {} : { offset: Math.max(rule.offset, call.offset) };
    throw Object.assign(new Error(text), { code: rule.code, ...where });
  });
}
