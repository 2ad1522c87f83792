import {
  NBD_CONTEXT_BASE_ALLOCATION,
  NBD_CONTEXT_QEMU_DIRTY_BITMAP,
  NBD_STATE_DIRTY,
  NBD_STATE_HOLE,
  NBD_STATE_ZERO,
  NbdProtocolError,
} from '@coaio/nbd-protocol';
import type { BlockStatus } from '../requests/status-reply.js';

/** A stretch of the export that has one status in each metadata context. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
  /** By the name of the context. */
  readonly status: ReadonlyMap<string, number>;
  /** `base:allocation` says that no storage is allocated (NBD_STATE_HOLE). */
  readonly hole: boolean;
  /** `base:allocation` says that it reads as zeroes (NBD_STATE_ZERO). */
  readonly zero: boolean;
  /** One of qemu's dirty bitmaps says that it was written to (NBD_STATE_DIRTY). */
  readonly dirty: boolean;
}

export function extentWith(offset: number, length: number, status: ReadonlyMap<string, number>): Extent {
  const allocation = status.get(NBD_CONTEXT_BASE_ALLOCATION) ?? 0;
  let dirty = false;
  for (const [name, its] of status)
    if (name.startsWith(NBD_CONTEXT_QEMU_DIRTY_BITMAP) && (its & NBD_STATE_DIRTY) !== 0) dirty = true;
  const hole = (allocation & NBD_STATE_HOLE) !== 0;
  return { offset, length, status, hole, zero: (allocation & NBD_STATE_ZERO) !== 0, dirty };
}

export function isSameStatus(a: Extent, b: Extent): boolean {
  for (const [name, status] of a.status) if (b.status.get(name) !== status) return false;
  return a.status.size === b.status.size;
}

/**
 * Up to where all contexts tell of something.
 *
 * @throws NbdProtocolError `NBD_BAD_REPLY`: one says nothing of the first byte, so that asking again would never end.
 */
export function reachOf(offset: number, answer: BlockStatus): number {
  let reach = Number.POSITIVE_INFINITY;
  for (const [name, extents] of answer) {
    const end = extents.reduce((at, { length }) => at + length, offset);
    if (end === offset) {
      const detail = `block status in "${name}" ends before offset ${offset}, about which it was asked`;
      throw new NbdProtocolError('NBD_BAD_REPLY', 'extents', detail);
    }
    reach = Math.min(reach, end);
  }
  return reach;
}

/** The extents of several contexts from `start` to `end`, cut where any of them changes. */
export function* inStep(start: number, end: number, answer: BlockStatus): Generator<Extent> {
  const lists = [...answer].map(([name, extents]) => ({ name, extents, next: 0, until: start, status: 0 }));
  for (let at = start; at < end; ) {
    let until = end;
    const status = new Map<string, number>();
    for (const list of lists) {
      if (list.until === at) {
        const extent = list.extents[list.next++];
        if (extent === undefined) throw new Error('unreachable: each context reaches the end');
        list.until = at + extent.length;
        list.status = extent.status;
      }
      until = Math.min(until, list.until);
      status.set(list.name, list.status);
    }
    yield extentWith(at, until - at, status);
    at = until;
  }
}
