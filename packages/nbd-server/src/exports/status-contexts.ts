import { MAX_META_CONTEXTS, MAX_STRING, NBD_CONTEXT_BASE_ALLOCATION } from '@coaio/nbd-protocol';
import { extentsWork } from './extents-work.js';
import type { NbdBackend, NbdExtent, NbdExtents } from './nbd-backend.js';

/** A metadata context of an export. Its id on the wire is its place in the list. */
export interface StatusContext {
  readonly name: string;
  readonly extents: (...asked: Parameters<NbdExtents>) => ReturnType<typeof extentsWork>;
}

/** As far as it goes: the server cuts it at the end of the export. */
const ALL_DATA: readonly NbdExtent[] = Object.freeze([{ length: Number.MAX_SAFE_INTEGER, status: 0 }]);

/** `base:allocation`, which every export has, then those of the backend. */
export function statusContexts(backend: NbdBackend): readonly StatusContext[] {
  const allocation: NbdExtents = (offset, length, options) =>
    backend.extents?.(offset, length, options) ?? ALL_DATA;
  return [[NBD_CONTEXT_BASE_ALLOCATION, allocation] as const, ...(backend.metaContexts ?? [])].map(
    ([name, extents]) => ({
      name,
      extents: (offset, length, options) => extentsWork(extents(offset, length, options), length, options),
    }),
  );
}

/** Says what keeps the names of a backend's metadata contexts from being offered, or undefined. */
export function metaContextsViolation({ metaContexts }: NbdBackend): string | undefined {
  if (metaContexts === undefined) return undefined;
  if (metaContexts.size >= MAX_META_CONTEXTS) {
    return `${metaContexts.size} metadata contexts, and ${NBD_CONTEXT_BASE_ALLOCATION}, exceed ${MAX_META_CONTEXTS}`;
  }
  for (const name of metaContexts.keys()) {
    if (Buffer.byteLength(name) > MAX_STRING)
      return `the name of a metadata context exceeds ${MAX_STRING} bytes`;
    // proto.md: a namespace, a colon, a leaf; the specification alone says what is in `base`.
    if (!/^[^:\s\p{Cc}]+:[^\0]+$/u.test(name) || name.startsWith('base:')) {
      return `"${name}" is no name for a metadata context, which is NAMESPACE:LEAF and not in "base"`;
    }
  }
  return undefined;
}
