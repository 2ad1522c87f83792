import type { NbdExtent } from '../exports/nbd-backend.js';

/** Extents as they go into a status chunk, two arrays side by side. */
export interface StatusExtents {
  /** Bytes. */
  readonly lengths: readonly number[];
  readonly statuses: readonly (number | bigint)[];
}

/** What a status chunk may say. */
export interface StatusLimits {
  /** Bytes that the client asked about. */
  readonly requested: number;
  /** Bytes from the offset of the request to the end of the export. */
  readonly available: number;
  /** Bits that are 0 in the length of an extent. */
  readonly alignmentMask: number;
  /** At least 1. */
  readonly maxCount: number;
  /** Bytes in one descriptor; a multiple of every block size. */
  readonly maxLength: number;
  readonly maxStatus: bigint;
  /** NBD_CMD_FLAG_REQ_ONE. */
  readonly one: boolean;
}

/**
 * What the client gets of a backend's extents: neighbours of one status in one, the last as long as it is known
 * within the export, none that begins behind what was asked about.
 *
 * @throws Error the backend gave what cannot be sent.
 */
export function statusExtents(given: Iterable<NbdExtent>, limits: StatusLimits): StatusExtents {
  const { requested, available, maxLength } = limits;
  const lengths: number[] = [];
  const statuses: (number | bigint)[] = [];
  const end = limits.one ? Math.min(requested, available) : available;
  const maxCount = limits.one ? 1 : limits.maxCount;
  let covered = 0;
  for (const extent of given) {
    assertExtent(extent, limits);
    const status = shortest(extent.status);
    let left = Math.min(extent.length, end - covered);
    if (((left % 2 ** 32) & limits.alignmentMask) !== 0) {
      throw new Error(`extents() gave ${left} bytes, not aligned to ${limits.alignmentMask + 1}`);
    }
    while (left > 0 && covered < requested) {
      const last = lengths.length - 1;
      const room = statuses[last] === status ? maxLength - (lengths[last] as number) : 0;
      const part = Math.min(left, room > 0 ? room : maxLength);
      if (room > 0) lengths[last] = (lengths[last] as number) + part;
      else {
        if (lengths.length === maxCount) return { lengths, statuses };
        lengths.push(part);
        statuses.push(status);
      }
      left -= part;
      covered += part;
    }
    // The export may have shrunk below the request.
    if (covered >= Math.min(requested, end)) break;
  }
  if (lengths.length === 0) throw new Error('extents() gave none');
  return { lengths, statuses };
}

function assertExtent({ length, status }: NbdExtent, { maxStatus }: StatusLimits): void {
  if (!Number.isSafeInteger(length) || length <= 0) {
    throw new Error(`extents() gave one of ${length} bytes`);
  }
  const whole = typeof status === 'bigint' || Number.isSafeInteger(status);
  if (!whole || status < 0) throw new Error(`extents() gave status ${status}`);
  if (status > maxStatus)
    throw new Error(`status ${status} exceeds ${maxStatus}, the most on this connection`);
}

/** One value for what is the same: a bigint only where it has to be. */
function shortest(status: number | bigint): number | bigint {
  return status <= Number.MAX_SAFE_INTEGER ? Number(status) : status;
}
