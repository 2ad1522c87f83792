import { AioContext, getCurrentAioContext, type RemoteAioContext } from '@coaio/aio-context';
import { assertUnclaimed, calledBy, claim, claimCell, refuseClaimed } from './claim.js';
import type { Co } from './co.js';
import { coYield } from './co-yield.js';
import type { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';
import { callerOf, current } from './current-coroutine.js';
import { RemoteCoroutine } from './remote-coroutine.js';
import { wakeChannel } from './trace.js';

function schedule(context: AioContext, coroutine: Coroutine, operation: string): void {
  if (operation !== 'aioCoKick') assertUnclaimed(coroutine, operation);
  if (!claimCell(coroutine)) {
    refuseClaimed(coroutine, operation);
    return;
  }
  try {
    context.schedule(coroutine);
  } catch (error) {
    coroutine.cell?.rearm();
    throw error;
  }
  claim(coroutine, operation, current(), context);
}

/**
 * Enters `coroutine` in `context` at its next poll, first in first out (`aio_co_schedule`). This is how a
 * sleeping coroutine moves to another context. A running one may be scheduled if it yields before its turn.
 *
 * @throws CoroutineError `COROUTINE_ALREADY_SCHEDULED`, naming both callers; `COROUTINE_ENDED`.
 * @thread home
 */
export function aioCoSchedule(
  context: AioContext | RemoteAioContext,
  coroutine: Coroutine | RemoteCoroutine,
): void {
  if (coroutine instanceof RemoteCoroutine || !(context instanceof AioContext)) {
    scheduleElsewhere(context, coroutine, 'aioCoSchedule');
  } else schedule(context, coroutine, 'aioCoSchedule');
}

/**
 * Enters `coroutine` in `context` (`aio_co_enter`). Not the current context: scheduled there. In a coroutine: when
 * that one yields or ends. Otherwise: now.
 *
 * @throws CoroutineError as {@link aioCoSchedule}; `COROUTINE_REENTERED`: in the current context it is the caller, or
 * one that waits for the caller to come back.
 * @thread home
 */
export function aioCoEnter(
  context: AioContext | RemoteAioContext,
  coroutine: Coroutine | RemoteCoroutine,
): void {
  if (coroutine instanceof RemoteCoroutine || !(context instanceof AioContext)) {
    scheduleElsewhere(context, coroutine, 'aioCoEnter');
  } else enterFrom(context, coroutine, 'aioCoEnter');
}

/** Wakes `coroutine` in the context where it last ran, as {@link aioCoEnter} does (`aio_co_wake`). */
export function aioCoWake(coroutine: Coroutine | RemoteCoroutine): void {
  if (coroutine instanceof RemoteCoroutine) {
    coroutine.wake(calledBy('aioCoWake', current()));
    return;
  }
  const { context } = coroutine;
  if (context === undefined) {
    if ('homeTag' in coroutine) {
      throw new CoroutineError(
        'COROUTINE_NOT_ATTACHED',
        'aioCoWake: got the handle of a coroutine, wake what Coroutine.attach makes of it',
      );
    }
    throw new CoroutineError(
      'COROUTINE_NO_CONTEXT',
      `${calledBy('aioCoWake', current())}: "${coroutine.name}" never ran, there is no context to wake it in`,
    );
  }
  enterFrom(context, coroutine, 'aioCoWake');
}

/**
 * Makes `coroutine` look again at what it waits for: wakes it, unless it runs or is on its way already and will look
 * anyway. For waits of the form `while (!done) yield* coYield()`, which nobody else's wake can upset
 * (after `aio_wait_kick`).
 */
export function aioCoKick(coroutine: Coroutine | RemoteCoroutine): void {
  if (coroutine instanceof RemoteCoroutine) {
    coroutine.kick();
    return;
  }
  const { context } = coroutine;
  if (coroutine.cell?.scheduled === true) return;
  if (coroutine.state !== 'yielded' || coroutine.scheduledBy !== null || context === undefined) return;
  enterFrom(context, coroutine, 'aioCoKick');
}

/**
 * Moves the calling coroutine: returns in `context`, at its next poll; at once if it runs there already
 * (`aio_co_reschedule_self`). It is scheduled there by a bottom half of the old context, so after it has yielded.
 *
 * @throws CoroutineError `COROUTINE_OUTSIDE`; `COROUTINE_ALREADY_SCHEDULED`: somebody else woke it before it left.
 * AioContextError `AIO_CONTEXT_CLOSED`. In each case it stays where it is.
 */
export function* aioCoRescheduleSelf(context: AioContext): Co<void> {
  const operation = 'aioCoRescheduleSelf';
  const self = callerOf(operation);
  const refused: unknown[] = [];
  let left = false;
  const move = (): void => {
    if (left) return;
    try {
      schedule(context, self, operation);
    } catch (error) {
      // Into the coroutine: out of a bottom half nobody would hear of it, and the coroutine would wait for good.
      refused.push(error);
      aioCoKick(self);
    }
  };
  if (self.context !== context) self.context?.scheduleOneshot(move, operation);
  try {
    while (self.context !== context) {
      yield* coYield();
      if (refused.length > 0) throw refused[0];
    }
  } finally {
    left = true;
  }
}

/** If both are of one other thread, schedules there. @throws CoroutineError `COROUTINE_OTHER_THREAD`. */
function scheduleElsewhere(
  context: AioContext | RemoteAioContext,
  coroutine: Coroutine | RemoteCoroutine,
  operation: string,
): void {
  const by = calledBy(operation, current());
  if (
    context instanceof AioContext ||
    !(coroutine instanceof RemoteCoroutine) ||
    context.handle.home !== coroutine.handle.home ||
    context.handle.homeTag !== coroutine.handle.homeTag
  ) {
    throw new CoroutineError(
      'COROUTINE_OTHER_THREAD',
      `${by}: "${coroutine.name}" cannot go to context "${context.name}" of another thread`,
    );
  }
  coroutine.wake(by, context.handle.cell);
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
  if (operation !== 'aioCoKick') assertUnclaimed(coroutine, operation);
  if (running === null) {
    enterNow(context, coroutine, operation);
    return;
  }
  // One that waits for this one to come back cannot run behind it: told here, where it was asked for.
  if (coroutine.state === 'active') throw reentered(coroutine, operation, running);
  if (!claimCell(coroutine)) {
    refuseClaimed(coroutine, operation);
    return;
  }
  claim(coroutine, operation, running, context);
  running.queueWoken(coroutine);
}

/** Outside a coroutine. One that other threads know is claimed first: one of them may claim it at this moment. */
function enterNow(context: AioContext, coroutine: Coroutine, operation: string): void {
  if (coroutine.cell === null) {
    if (wakeChannel.hasSubscribers) wakeChannel.publish({ coroutine, operation, waker: null, context });
    coroutine.enter(context);
  } else if (claimCell(coroutine)) {
    claim(coroutine, operation, null, context);
    coroutine.enterClaimed(context);
  } else refuseClaimed(coroutine, operation);
}

function reentered(coroutine: Coroutine, operation: string, running: Coroutine): CoroutineError {
  return new CoroutineError(
    'COROUTINE_REENTERED',
    running === coroutine
      ? `${operation}: "${coroutine.name}" cannot wake itself`
      : `${calledBy(operation, running)}: "${coroutine.name}" is active, it has not yielded`,
  );
}
