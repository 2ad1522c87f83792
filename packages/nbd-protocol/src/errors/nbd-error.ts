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
 * Holds primitive fields; a bigint becomes its decimal string, which JSON can carry. Causes are records too, whatever errors they are; one
 * that is no error, such as the reason of a signal, stays as it is or becomes its text.
 */
export function toNbdErrorRecord(error: NbdErrorLike): NbdErrorRecord {
  const { code, fault, name, message } = error;
  return { ...recordOf(error, []), code, fault, name, message };
}

/** What any error has, and the record of one. */
interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** @param effects told of already: causes may go round. */
function recordOf(error: ErrorLike, effects: readonly unknown[]): Record<string, unknown> {
  const { name, message, code, cause } = error;
  const fields = effects.includes(error) ? [] : Object.entries(error);
  const record: Record<string, unknown> = {};
  // A DOMException has its code from its prototype.
  for (const [field, value] of [...fields, ['code', code] as const])
    if (field !== 'cause' && isPlain(value)) record[field] = plain(value);
  const isTold = effects.includes(error) || cause === undefined;
  if (!isTold) record['cause'] = causeOf(cause, [...effects, error]);
  return { ...record, name, message };
}

function causeOf(cause: unknown, effects: readonly unknown[]): unknown {
  if (cause === null || isPlain(cause)) return plain(cause);
  return isErrorLike(cause) ? recordOf(cause, effects) : textOf(cause);
}

function isErrorLike(value: unknown): value is ErrorLike {
  if (typeof value !== 'object' || value === null) return false;
  const { name, message } = value as Partial<ErrorLike>;
  return typeof name === 'string' && typeof message === 'string';
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** `String` throws for what has no string form. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
