// What a pool's thread does: it hashes a block, or fails.
import { createHash } from 'node:crypto';

/** @param {Uint8Array} block */
export function digest(block) {
  if (block.length === 0) throw Object.assign(new Error('nothing to hash'), { code: 'EMPTY' });
  return createHash('sha256').update(block).digest('hex');
}
