import type { AioContextHandle } from '../context-cell.js';
import type { PollParams } from '../thread-loop/poll-window.js';
import type { ErrorRecord } from './error-record.js';

/** From whoever holds the {@link IOThread} to its worker. */
export type IOThreadRequest =
  | { type: 'run'; id: number; moduleUrl: string; exportName: string; args: unknown[] }
  | { type: 'poll-params'; params: Partial<PollParams> }
  | { type: 'count'; before: number }
  | { type: 'stop' };

/** From the worker. Each `run` is answered once, by `ended` or `failed`. */
export type IOThreadReply =
  | { type: 'started'; context: AioContextHandle }
  | { type: 'ended'; id: number; value: unknown }
  | { type: 'failed'; id: number; error: ErrorRecord }
  /** A request could not be read. */
  | { type: 'unreadable' }
  /** The answer to `count`: of the runs with an id below `before`, those not answered yet. */
  | { type: 'under-way'; before: number; ids: number[] };

export interface IOThreadWorkerData {
  coaioIOThread: { name: string; pollParams: PollParams };
}
