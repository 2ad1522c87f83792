import { extentsWork } from '../extents-work.js';
import type { NbdBackend, NbdExtents, NbdWork } from '../nbd-backend.js';

export type BackendOperation = 'read' | 'write' | 'flush' | 'trim' | 'writeZeroes' | 'cache' | 'extents';

/** A call of a backend. */
export interface BackendCall {
  readonly operation: BackendOperation;
  /** Bytes; 0 for a flush, as is the length. */
  readonly offset: number;
  readonly length: number;
  readonly fua?: boolean;
  readonly mayTrim?: boolean;
  readonly fast?: boolean;
  readonly one?: boolean;
  /** Of `extents`, a metadata context other than `base:allocation`. */
  readonly context?: string;
}

/** Called in place of the backend: `run` calls it. `data` is the payload of a write, or what a read fills. */
export type Around = <T>(call: BackendCall, run: () => NbdWork<T>, data: Uint8Array | null) => NbdWork<T>;

/**
 * `inner` with `around` about each call, and with the optional members that it has, but for `view` and `landing`: what is done
 * by these passes by unseen.
 */
export function wrapBackend(inner: NbdBackend, around: Around): NbdBackend {
  const { readOnly, blockSize, rotational, canFastZero } = inner;
  const extentsAs =
    (extents: NbdExtents, context?: string): NbdExtents =>
    (offset, length, options) =>
      around(
        { operation: 'extents', offset, length, ...options, ...(context !== undefined && { context }) },
        () => extentsWork(extents(offset, length, options), length, options),
        null,
      );
  return {
    get size() {
      return inner.size;
    },
    ...(readOnly !== undefined && { readOnly }),
    ...(blockSize !== undefined && { blockSize }),
    ...(rotational !== undefined && { rotational }),
    ...(canFastZero !== undefined && { canFastZero }),
    read: (offset, target, options) =>
      around(
        { operation: 'read', offset, length: target.length, ...options },
        () => inner.read(offset, target, options),
        target,
      ),
    ...(inner.write !== undefined && {
      write: (offset, data, options) =>
        around(
          { operation: 'write', offset, length: data.length, ...options },
          () => inner.write?.(offset, data, options),
          data,
        ),
    }),
    ...(inner.flush !== undefined && {
      flush: () => around({ operation: 'flush', offset: 0, length: 0 }, () => inner.flush?.(), null),
    }),
    ...(inner.trim !== undefined && {
      trim: (offset, length, options) =>
        around(
          { operation: 'trim', offset, length, ...options },
          () => inner.trim?.(offset, length, options),
          null,
        ),
    }),
    ...(inner.writeZeroes !== undefined && {
      writeZeroes: (offset, length, options) =>
        around(
          { operation: 'writeZeroes', offset, length, ...options },
          () => inner.writeZeroes?.(offset, length, options),
          null,
        ),
    }),
    ...(inner.cache !== undefined && {
      cache: (offset, length) =>
        around({ operation: 'cache', offset, length }, () => inner.cache?.(offset, length), null),
    }),
    ...(inner.extents !== undefined && { extents: extentsAs(inner.extents.bind(inner)) }),
    ...(inner.metaContexts !== undefined && {
      metaContexts: new Map(
        [...inner.metaContexts].map(([name, extents]) => [name, extentsAs(extents, name)]),
      ),
    }),
    ...(inner.close !== undefined && { close: () => inner.close?.() }),
  };
}
