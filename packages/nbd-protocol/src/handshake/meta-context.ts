/** A metadata context that was selected with NBD_OPT_SET_META_CONTEXT, or one that can be. */
export interface MetaContext {
  /** What the name goes by in status chunks, on this connection only. 0 in lists, where it means nothing. */
  readonly id: number;
  /** "base:allocation" */
  readonly name: string;
}

/** Contexts in one reply, and queries in one request: far more than any server has bitmaps. */
export const MAX_META_CONTEXTS = 1024;

/** Says what keeps `name` from being a query or a context's name, or undefined. */
export function metaContextViolation(name: string): string | undefined {
  return /^[^:\s\p{Cc}]+:/u.test(name) ? undefined : 'does not start with a namespace and a colon';
}
