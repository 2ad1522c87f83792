import type { ErrorRecord } from './error-record.js';

/** From whoever holds the {@link IOThread} to its worker. */
export type IOThreadRequest =
  | { type: 'run'; id: number; moduleUrl: string; exportName: string; args: unknown[] }
  | { type: 'stop' };

/** From the worker. Each `run` is answered once, by `ended` or `failed`. */
export type IOThreadReply =
  | { type: 'started' }
  | { type: 'ended'; id: number; value: unknown }
  | { type: 'failed'; id: number; error: ErrorRecord };

export interface IOThreadWorkerData {
  coaioIOThread: { name: string };
}
