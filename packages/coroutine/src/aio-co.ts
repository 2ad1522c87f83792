import { type AioContext, getCurrentAioContext } from '@coaio/aio-context';
import type { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';
import { current } from './current-coroutine.js';

/** Claims the one wake that ends a coroutine's wait. The second claimant is told of the first. */
function claim(coroutine: Coroutine, operation: string): void {
  const caller = current();
  const by = caller === null ? operation : `${operation} in "${caller.name}"`;
  if (coroutine.state === 'ended') {
    throw new CoroutineError('COROUTINE_ENDED', `${operation}: "${coroutine.name}" has ended`);
  }
  if (coroutine.scheduledBy !== null) {
    throw new CoroutineError(
      'COROUTINE_ALREADY_SCHEDULED',
      `${by}: "${coroutine.name}" is scheduled already, by ${coroutine.scheduledBy}`,
    );
  }
  coroutine.scheduledBy = by;
}

/**
 * Enters `coroutine` in `context` at its next poll, first in first out (`aio_co_schedule`). This is how a
 * sleeping coroutine moves to another context. A running one may be scheduled if it yields before its turn.
 *
 * @throws CoroutineError `COROUTINE_ALREADY_SCHEDULED`, naming both callers; `COROUTINE_ENDED`.
 */
export function aioCoSchedule(context: AioContext, coroutine: Coroutine): void {
  claim(coroutine, 'aioCoSchedule');
  context.schedule(coroutine);
}

/**
 * Enters `coroutine` in `context` (`aio_co_enter`). Not the current context: scheduled there. In a coroutine: when
 * that one yields or ends. Otherwise: now.
 */
export function aioCoEnter(context: AioContext, coroutine: Coroutine): void {
  enterFrom(context, coroutine, 'aioCoEnter');
}

/** Wakes `coroutine` in the context where it last ran, as {@link aioCoEnter} does (`aio_co_wake`). */
export function aioCoWake(coroutine: Coroutine): void {
  const { context } = coroutine;
  if (context === undefined) {
    throw new CoroutineError(
      'COROUTINE_NO_CONTEXT',
      `aioCoWake: "${coroutine.name}" never ran, there is no context to wake it in`,
    );
  }
  enterFrom(context, coroutine, 'aioCoWake');
}

function enterFrom(context: AioContext, coroutine: Coroutine, operation: string): void {
  if (getCurrentAioContext() !== context) {
    claim(coroutine, operation);
    context.schedule(coroutine);
    return;
  }
  const running = current();
  if (running === null) {
    coroutine.enter(context);
    return;
  }
  if (running === coroutine) {
    throw new CoroutineError('COROUTINE_REENTERED', `${operation}: "${coroutine.name}" cannot wake itself`);
  }
  claim(coroutine, operation);
  running.queueWoken(coroutine);
}
