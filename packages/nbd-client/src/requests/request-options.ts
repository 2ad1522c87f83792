import { NbdUsageError } from '@coaio/nbd-protocol';

/** Limits of one request. */
export interface RequestOptions {
  /**
   * Gives the request up: it rejects with the signal's reason, as it is. It may have been done, or still be; its late answer is read and
   * dropped, and the connection lives on.
   */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds until it is given up with `NBD_TIMEOUT`, also where it takes several requests to the server; 0 = no limit. Default: the
   * client's `requestTimeoutMs`, for each of these.
   */
  timeoutMs?: number | undefined;
}

/** The same while a request goes from one connection to the next. */
export interface RequestLimits extends RequestOptions {
  /** On the client's clock: its time does not begin anew. */
  readonly deadlineNs?: number;
  /** How often it was sent again. */
  readonly replays?: number;
  /** How often writes had been lost when this flush began. */
  readonly risksBefore?: number;
  /** The connection's own: sent though it takes no requests any more. */
  readonly isLast?: true;
}

/** @throws the reason of a signal that has aborted; NbdUsageError `NBD_BAD_ARGUMENT`. */
export function checkRequestOptions(operation: string, options: RequestOptions | undefined): void {
  if (options === undefined) return;
  const { signal, timeoutMs = 0 } = options;
  if (!(Number.isFinite(timeoutMs) && timeoutMs >= 0)) {
    throw new NbdUsageError(
      'NBD_BAD_ARGUMENT',
      operation,
      `timeoutMs ${timeoutMs} is not a number of milliseconds from 0 on`,
    );
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, 'signal is no AbortSignal');
  }
  signal?.throwIfAborted();
}
