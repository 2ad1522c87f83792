import type { BackendCall } from './wrap-backend.js';

/** A call of a backend and how it ended: plain data, so that `JSON.stringify` and `JSON.parse` keep it. */
export interface RecordedRequest extends BackendCall {
  /** In the order in which they began, from 0. They end, and reach the sink, in another. */
  readonly seq: number;
  /** Nanoseconds of the recorder's clock. */
  readonly startNs: number;
  readonly endNs: number;
  /** The `code` of its error, or its name; left out if it did not fail. */
  readonly error?: string;
  /** Of what was written, or was read. */
  readonly sha256?: string;
  /** The same bytes, in Base64. */
  readonly data?: string;
  /** What `extents` said, each as length and status. */
  readonly extents?: readonly (readonly [length: number, status: string])[];
}

/** How an error is named in a recording. */
export function errorName(thrown: unknown): string {
  const { code, name } = (thrown ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'unknown';
}
