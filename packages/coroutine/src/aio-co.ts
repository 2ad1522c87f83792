import { type AioContext, getCurrentAioContext } from '@coaio/aio-context';
import type { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';
import { current } from './current-coroutine.js';

/**
 * Whether the caller may be the one who ends the coroutine's wait; the second to ask is told of the first.
 *
 * @returns who it is, to be its `scheduledBy` once its turn is sure to come.
 */
function claim(coroutine: Coroutine, operation: string): string {
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
  return by;
}

function schedule(context: AioContext, coroutine: Coroutine, operation: string): void {
  const by = claim(coroutine, operation);
  context.schedule(coroutine);
  coroutine.scheduledBy = by;
}

/**
 * Enters `coroutine` in `context` at its next poll, first in first out (`aio_co_schedule`). This is how a
 * sleeping coroutine moves to another context. A running one may be scheduled if it yields before its turn.
 *
 * @throws CoroutineError `COROUTINE_ALREADY_SCHEDULED`, naming both callers; `COROUTINE_ENDED`.
 */
export function aioCoSchedule(context: AioContext, coroutine: Coroutine): void {
  schedule(context, coroutine, 'aioCoSchedule');
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

/**
 * Makes `coroutine` look again at what it waits for: wakes it, unless it runs or is on its way already and will look
 * anyway. For waits of the form `while (!done) yield* coYield()`, which nobody else's wake can upset
 * (after `aio_wait_kick`).
 */
export function aioCoKick(coroutine: Coroutine): void {
  if (coroutine.state === 'yielded' && coroutine.scheduledBy === null) aioCoWake(coroutine);
}

function enterFrom(context: AioContext, coroutine: Coroutine, operation: string): void {
  const running = current();
  // Behind a coroutine of another context it would run in that one: `AioContext.run` inside a coroutine, and the
  // iohandler context, let the current context and the running coroutine's differ.
  const here = getCurrentAioContext() === context && (running === null || running.context === context);
  if (!here) {
    schedule(context, coroutine, operation);
    return;
  }
  if (running === null) {
    coroutine.enter(context);
    return;
  }
  if (running === coroutine) {
    throw new CoroutineError('COROUTINE_REENTERED', `${operation}: "${coroutine.name}" cannot wake itself`);
  }
  coroutine.scheduledBy = claim(coroutine, operation);
  running.queueWoken(coroutine);
}
