import { isNbdError } from './is-nbd-error.js';

/** Stable identifier of an error; unlike its class, it survives a trip between threads. */
export type NbdErrorCode = `NBD_${string}`;

/**
 * Whose fault an error is: `caller` misused the API, `peer` broke the specification, `server` understood and
 * refused, `connection` was lost.
 */
export type NbdFault = 'caller' | 'peer' | 'server' | 'connection';

/** What an NbdError and its plain record have in common. */
export interface NbdErrorLike {
  readonly code: NbdErrorCode;
  readonly fault: NbdFault;
  readonly name: string;
  readonly message: string;
  readonly operation?: string;
}

/** An error as plain data, for `postMessage` and logs. */
export interface NbdErrorRecord extends NbdErrorLike {
  readonly [field: string]: unknown;
}

export interface NbdErrorDetails {
  /** What was under way, in the specification's words: "greeting", "NBD_OPT_GO". */
  readonly operation?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Base of all errors of the NBD packages. Recognise one with `isNbdError()`, tell them apart by `code`. As a type it is also what
 * comes of one on its way between threads, which may have lost its class, its stack and its methods.
 */
export abstract class NbdError extends Error implements NbdErrorLike {
  readonly code: NbdErrorCode;
  readonly fault: NbdFault;
  declare readonly operation?: string;
  /** For `JSON.stringify`: {@link toNbdErrorRecord}. */
  declare readonly toJSON?: () => NbdErrorRecord;

  static {
    Object.defineProperty(NbdError.prototype, 'toJSON', {
      value(this: NbdError) {
        return toNbdErrorRecord(this);
      },
      configurable: true,
      writable: true,
    });
  }

  constructor(code: NbdErrorCode, fault: NbdFault, message: string, details: NbdErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.fault = fault;
    if (details.operation !== undefined) this.operation = details.operation;
  }
}

/**
 * Plain record of an error: structured clone would keep only name and message of the error itself.
 * Holds primitive fields; a bigint becomes its decimal string, which JSON can carry.
 */
export function toNbdErrorRecord(error: NbdErrorLike): NbdErrorRecord {
  return recordOf(error, [error]);
}

/** @param seen told of in short: causes may go round. */
function recordOf(error: NbdErrorLike, seen: readonly unknown[]): NbdErrorRecord {
  const fields: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(error)) {
    if (typeof value === 'bigint') fields[field] = value.toString();
    else if (isPlain(value)) fields[field] = value;
  }
  const { cause } = error as { cause?: unknown };
  if (isNbdError(cause) && !seen.includes(cause)) fields['cause'] = recordOf(cause, [...seen, cause]);
  else if (cause instanceof Error) fields['cause'] = causeRecord(cause);
  const { code, fault, name, message } = error;
  return { ...fields, code, fault, name, message };
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function causeRecord(cause: Error): unknown {
  const code = (cause as { code?: unknown }).code;
  return { name: cause.name, message: cause.message, ...(isPlain(code) ? { code } : {}) };
}
