import { abortSignal, boolean, type Check, checkOptions, milliseconds, strings } from '../option-checks.js';

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

/** Told of requests that were given up: {@link begin} then, {@link end} once the server has answered, or its connection has ended. */
export interface LateRequests {
  begin(): void;
  end(): void;
}

/** The same while a request goes from one connection to the next. */
export interface RequestLimits extends RequestOptions {
  /** On the client's clock: its time does not begin anew. */
  readonly deadlineNs?: number;
  /** How often it was sent again. */
  readonly replays?: number;
  /** How often writes had been lost when this flush began. */
  readonly risksBefore?: number;
  /** Told of it, if it is given up. */
  readonly late?: LateRequests;
  /** The connection's own: sent though it takes no requests any more. */
  readonly isLast?: true;
}

/** Of all requests. */
const LIMITS = { signal: abortSignal, timeoutMs: milliseconds };

/** One object will do for several commands: what only others of them look at is passed over. */
const OF_COMMANDS: RequestOptionChecks = {
  ...LIMITS,
  fua: boolean,
  noHole: boolean,
  fast: boolean,
  one: boolean,
  contexts: strings,
};

export type RequestOptionChecks = Readonly<Record<string, Check>>;

/** What a call takes beside the limits of its requests. */
export function withLimits(own: RequestOptionChecks): RequestOptionChecks {
  return { ...LIMITS, ...own };
}

/**
 * @param checks of what may be given; default: the options of commands.
 * @throws the reason of a signal that has aborted; NbdUsageError `NBD_BAD_ARGUMENT`.
 */
export function checkRequestOptions(
  operation: string,
  options: RequestOptions | undefined,
  checks = OF_COMMANDS,
): void {
  if (options === undefined) return;
  checkOptions(operation, '', checks, options);
  options.signal?.throwIfAborted();
}
