import { type Clock, realtimeClock } from '@coaio/aio-context';
import { type Co, coSleep } from '@coaio/coroutine';
import { NbdUsageError } from '@coaio/nbd-protocol';
import { assertWithin } from '../assert-within.js';
import { coWork } from '../co-work.js';
import type { NbdBackend, NbdWork } from '../nbd-backend.js';
import { type BackendRule, RuleBook, type RuleOptions } from './rule-book.js';
import { type BackendCall, wrapBackend } from './wrap-backend.js';

const NS_PER_MS = 1e6;

export interface DelayRule extends BackendRule {
  readonly delayMs: number;
}

export interface DelayOptions extends RuleOptions {
  /** Default: real time. */
  clock?: Clock;
}

/**
 * `backend`, but what a rule means begins `delayMs` later. Others overtake it meanwhile.
 *
 * @throws NbdUsageError `NBD_BAD_ARGUMENT`: a rule that nothing can meet, or a delay that is no time.
 */
export function injectDelays(
  backend: NbdBackend,
  rules: Iterable<DelayRule>,
  options: DelayOptions = {},
): NbdBackend {
  const { clock = realtimeClock } = options;
  const checked = [...rules];
  for (const { delayMs } of checked) {
    if (Number.isFinite(delayMs) && delayMs >= 0) continue;
    throw new NbdUsageError('NBD_BAD_ARGUMENT', 'injectDelays', `delayMs ${delayMs} is not a time from 0 on`);
  }
  const book = new RuleBook('injectDelays', checked, options);
  return wrapBackend(backend, (call, run) => {
    const rule = book.ruleFor(call);
    return rule === undefined ? run() : delayed(rule.delayMs, run, call);
  });

  function* delayed<T>(delayMs: number, run: () => NbdWork<T>, { offset, length }: BackendCall): Co<T> {
    yield* coSleep(delayMs * NS_PER_MS, clock);
    // A backend is asked about nothing beyond its end, which may be another one by now.
    assertWithin('delayed request', Number(backend.size), offset, length);
    return yield* coWork(run());
  }
}
