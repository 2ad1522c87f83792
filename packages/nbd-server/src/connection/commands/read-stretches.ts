import { NBD_STATE_ZERO } from '@coaio/nbd-protocol';
import type { NbdExtent } from '../../exports/nbd-backend.js';
import type { ReadStretch } from '../replies/replies.js';

/** A shorter hole goes as data: chunks of their own for it and for what follows would be no gain. */
const MIN_HOLE = 4096;

/** Where a read finds holes, by the extents of `base:allocation`. @returns null when there is none. */
export function readStretches(
  extents: Iterable<NbdExtent>,
  offset: number,
  length: number,
): readonly ReadStretch[] | null {
  const end = offset + length;
  const stretches: ReadStretch[] = [];
  let at = offset;
  for (const extent of alike(extents)) {
    const part = Math.min(extent.length, end - at);
    add(stretches, { offset: at, length: part, hole: extent.zero && part >= MIN_HOLE });
    at += part;
    if (at === end) break;
  }
  if (at < end) add(stretches, { offset: at, length: end - at, hole: false });
  return stretches.some(({ hole }) => hole) ? stretches : null;
}

/** A hole and data alone count: neighbours that differ in anything else are one. */
function* alike(extents: Iterable<NbdExtent>): Generator<{ length: number; zero: boolean }> {
  let last = { length: 0, zero: false };
  for (const { length, status } of extents) {
    if (!(length > 0)) throw new Error(`extents() gave one of ${length} bytes`);
    const zero = (Number(status) & NBD_STATE_ZERO) !== 0;
    if (zero === last.zero) last.length += length;
    else {
      if (last.length > 0) yield last;
      last = { length, zero };
    }
  }
  if (last.length > 0) yield last;
}

function add(stretches: ReadStretch[], next: ReadStretch): void {
  const last = stretches.at(-1);
  if (last === undefined || last.hole !== next.hole) stretches.push(next);
  else stretches[stretches.length - 1] = { ...last, length: last.length + next.length };
}
