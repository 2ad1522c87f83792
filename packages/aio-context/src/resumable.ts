import type { AioContext } from './aio-context.js';

/**
 * What a context can be asked to resume: a coroutine, to this package an opaque object. It owns its list link,
 * so that scheduling allocates nothing and no queue can overflow.
 */
export interface Resumable {
  /** Link of the one context in which it is scheduled; only that context touches it. */
  nextScheduled: Resumable | null;
  /** Called once for each `AioContext.schedule`, from a poll of that context. */
  resume(context: AioContext): void;
}
