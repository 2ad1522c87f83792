import { NbdUsageError } from '@coaio/nbd-protocol';
import { SeededRandom } from './seeded-random.js';
import type { BackendCall, BackendOperation } from './wrap-backend.js';

/** Which calls of a backend are meant; each condition that is left out is met. */
export interface BackendRule {
  readonly operation?: BackendOperation | readonly BackendOperation[];
  /** Calls that touch the bytes from here on; `length` of them, default: to the end. A flush touches none. */
  readonly offset?: number;
  readonly length?: number;
  /** Only the nth call that the conditions above mean, counted from 1. */
  readonly nth?: number;
  /** From 0 to 1; drawn for each call, by `seed`. */
  readonly probability?: number;
}

export interface RuleOptions {
  /** The same seed and the same calls meet the same rules; default 1. */
  seed?: number;
}

/** Finds the rule for a call: the first that means it. Each rule counts and draws for itself. */
export class RuleBook<R extends BackendRule> {
  readonly #rules: { readonly rule: R; readonly random: SeededRandom; count: number }[];

  /** @throws NbdUsageError `NBD_BAD_ARGUMENT`: a rule that nothing can meet. */
  constructor(operation: string, rules: Iterable<R>, { seed = 1 }: RuleOptions) {
    this.#rules = [...rules].map((rule, index) => {
      const { nth = 1, probability = 1, offset = 0, length = 1 } = rule;
      const bad =
        check('nth', nth, nth >= 1 && Number.isInteger(nth)) ??
        check('probability', probability, probability >= 0 && probability <= 1) ??
        check('offset', offset, offset >= 0) ??
        check('length', length, length > 0);
      if (bad !== null) throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, `rule ${index}: ${bad}`);
      return { rule, random: new SeededRandom(seed + index), count: 0 };
    });
  }

  ruleFor(call: BackendCall): R | undefined {
    let found: R | undefined;
    for (const entry of this.#rules) {
      const { rule, random } = entry;
      if (!means(rule, call)) continue;
      entry.count++;
      const isDrawn = rule.probability === undefined || random.next() < rule.probability;
      if (isDrawn && (rule.nth === undefined || entry.count === rule.nth)) found ??= rule;
    }
    return found;
  }
}

function means({ operation, offset, length }: BackendRule, call: BackendCall): boolean {
  if (operation !== undefined && ![operation].flat().includes(call.operation)) return false;
  if (offset === undefined && length === undefined) return true;
  const start = offset ?? 0;
  return call.offset < start + (length ?? Number.POSITIVE_INFINITY) && start < call.offset + call.length;
}

function check(name: string, value: number, isGood: boolean): string | null {
  return isGood ? null : `${name} ${value} is out of range`;
}
