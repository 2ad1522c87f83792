import type { NbdExtent } from '../nbd-backend.js';

/** The extents, which may reach past `length` bytes, cut off there. */
export function clippedExtents(extents: Iterable<NbdExtent>, length: number): NbdExtent[] {
  const clipped: NbdExtent[] = [];
  let left = length;
  for (const extent of extents) {
    if (left === 0) break;
    clipped.push(extent.length <= left ? extent : { ...extent, length: left });
    left -= Math.min(left, extent.length);
  }
  return clipped;
}
