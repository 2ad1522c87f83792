import { MAX_EXTENTS } from '../extents-work.js';
import type { NbdExtent } from '../nbd-backend.js';

/** The extents, which may reach past `length` bytes, cut off there; of many the first. */
export function clippedExtents(extents: Iterable<NbdExtent>, length: number): NbdExtent[] {
  const clipped: NbdExtent[] = [];
  let left = length;
  for (const extent of extents) {
    clipped.push(extent.length <= left ? extent : { ...extent, length: left });
    left -= Math.min(left, extent.length);
    if (left === 0 || clipped.length === MAX_EXTENTS) break;
  }
  return clipped;
}
