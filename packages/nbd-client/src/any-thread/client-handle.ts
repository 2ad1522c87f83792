import type { BottomHalfHandle } from '@coaio/aio-context';
import { type ExportInfo, NbdUsageError } from '@coaio/nbd-protocol';
import type { NbdCapabilities } from '../nbd-capabilities.js';
import type { AlignmentRules } from '../sequences/promised-sequences.js';
import { SHARED_BYTES } from './layout.js';

/** What a client's view knows of it: as it was when the handle was given. */
export interface ClientFacts extends AlignmentRules {
  readonly info: ExportInfo;
  readonly capabilities: NbdCapabilities;
  readonly metaContexts: readonly string[];
}

/** Names a client in any thread of the process. Plain data: it goes through `postMessage` and `workerData`. */
export interface NbdClientHandle extends ClientFacts {
  readonly of: 'NbdClient';
  /** Wakes the client's thread, and says which that is. */
  readonly serve: BottomHalfHandle;
  readonly memory: SharedArrayBuffer;
  /** Where memories are introduced to that thread. */
  readonly introductions: string;
  /** Where it sends answers that are more than "done"; each view has its own inbox. */
  readonly inboxes: string;
}

/** @throws NbdUsageError `NBD_BAD_HANDLE`. */
export function assertClientHandle(handle: NbdClientHandle): void {
  const given = handle as Partial<NbdClientHandle> | null | undefined;
  const isHandle =
    typeof given === 'object' &&
    given !== null &&
    given.of === 'NbdClient' &&
    given.memory instanceof SharedArrayBuffer &&
    given.memory.byteLength === SHARED_BYTES;
  if (isHandle) return;
  const got =
    typeof given === 'object' && given !== null && 'of' in given ? `one of ${given.of}` : typeof given;
  throw new NbdUsageError('NBD_BAD_HANDLE', 'attach', `expected a handle of NbdClient, got ${got}`);
}

/** The address of the view's inbox. */
export function inboxOf(handle: NbdClientHandle, view: number): string {
  return `${handle.inboxes} ${view}`;
}
