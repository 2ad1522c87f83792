// The right to end a coroutine's wait: whoever has it is the one whose wake counts, until the coroutine's turn has come. A coroutine
// that other threads know has a word for it in shared memory, see `WakeableCell`.
import type { AioContext } from '@coaio/aio-context';
import type { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';
import { current } from './current-coroutine.js';
import { wakeChannel } from './trace.js';

/** `operation`, and the coroutine that called it: how an error names a caller. */
export function calledBy(operation: string, caller: Coroutine | null): string {
  return caller === null ? operation : `${operation} in "${caller.name}"`;
}

/**
 * Throws unless the caller may be the one who ends the coroutine's wait; the second to ask is told of the first.
 */
export function assertUnclaimed(coroutine: Coroutine, operation: string): void {
  const claimedElsewhere = coroutine.cell?.scheduled === true;
  if (coroutine.scheduledBy === null && coroutine.state !== 'ended' && !claimedElsewhere) return;
  const by = calledBy(operation, current());
  if (coroutine.state === 'ended') {
    throw new CoroutineError('COROUTINE_ENDED', `${by}: "${coroutine.name}" has ended`);
  }
  throw new CoroutineError(
    'COROUTINE_ALREADY_SCHEDULED',
    `${by}: "${coroutine.name}" is scheduled already, by ${claimedBy(coroutine) ?? coroutine.cell?.claimerName}`,
  );
}

/** Takes the claim that other threads see, if they know the coroutine. @returns false if one of them was faster. */
export function claimCell(coroutine: Coroutine): boolean {
  return coroutine.cell === null || coroutine.cell.claim() === 'claimed';
}

/** Once its turn is sure to come: `caller` is the one who ends its wait. */
export function claim(
  coroutine: Coroutine,
  operation: string,
  caller: Coroutine | null,
  context: AioContext,
): void {
  coroutine.scheduledBy = operation;
  coroutine.scheduledIn = caller;
  if (wakeChannel.hasSubscribers) wakeChannel.publish({ coroutine, operation, waker: caller, context });
}

/** Who has claimed it, as an error says it. */
export function claimedBy(coroutine: Coroutine): string | null {
  return coroutine.scheduledBy === null ? null : calledBy(coroutine.scheduledBy, coroutine.scheduledIn);
}

/** Its turn has come: whoever wakes it next ends its next wait. */
export function unclaim(coroutine: Coroutine): void {
  if (coroutine.scheduledBy !== null) coroutine.cell?.rearm();
  coroutine.scheduledBy = null;
  coroutine.scheduledIn = null;
}

/** Another thread has claimed it since it was looked at. A kick has what it wants. */
export function refuseClaimed(coroutine: Coroutine, operation: string): void {
  if (operation !== 'aioCoKick') assertUnclaimed(coroutine, operation);
}
