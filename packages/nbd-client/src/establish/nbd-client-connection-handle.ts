import type { BottomHalfHandle } from '@coaio/aio-context';
import { NbdUsageError } from '@coaio/nbd-protocol';
import type { Outcome } from './connect-attempts.js';
import { CONNECTION_WORDS } from './layout.js';

/** Names an `NbdClientConnection` in any thread of the process. Plain data: it goes through `postMessage` and `workerData`. */
export interface NbdClientConnectionHandle {
  readonly of: 'NbdClientConnection';
  readonly name: string;
  /** Makes the connection's thread look, and says which that is. */
  readonly look: BottomHalfHandle;
  readonly memory: SharedArrayBuffer;
  /** Where waiters in other threads are told what has come; undefined: nothing can be given to them. */
  readonly outcomes: string | undefined;
}

/** What a waiter in another thread is told; an error as a record. */
export interface OutcomeMessage {
  readonly seat: number;
  readonly outcome: Outcome<unknown>;
}

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`. */
export function assertHandle(handle: NbdClientConnectionHandle): void {
  const given = handle as Partial<NbdClientConnectionHandle> | null | undefined;
  const isHandle =
    typeof given === 'object' &&
    given !== null &&
    given.of === 'NbdClientConnection' &&
    given.memory instanceof SharedArrayBuffer &&
    given.memory.byteLength === CONNECTION_WORDS * Int32Array.BYTES_PER_ELEMENT;
  if (isHandle) return;
  const got =
    typeof given === 'object' && given !== null && 'of' in given ? `one of ${given.of}` : typeof given;
  throw new NbdUsageError(
    'NBD_BAD_ARGUMENT',
    'attach',
    `expected a handle of NbdClientConnection, got ${got}`,
  );
}
