import type { NbdExtent } from '../nbd-backend.js';

/** The extents, which may reach past `length` bytes, cut off there. */
export function clippedExtents(extents: Iterable<NbdExtent>, length: number): NbdExtent[] {
  const clipped: NbdExtent[] = [];
  let left = length;
  for (const extent of extents) {
    clipped.push(extent.length <= left ? extent : { ...extent, length: left });
    left -= Math.min(left, extent.length);
    if (left === 0) break;
  }
  return clipped;
}
