import {
  isNbdError,
  NbdError,
  NbdOptionRefusedError,
  NbdProtocolError,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import { ConnectionLostError, NbdServerError } from '../nbd-client-error.js';

/** An error as plain data: structured clone would drop its class, `name` and `code`. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  /** Its own fields that are plain, `code` and `offset` among them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** A record, or what was thrown in place of an error. */
  readonly cause?: unknown;
}

const CLASSES: ReadonlyMap<string, { readonly prototype: object }> = new Map(
  Object.entries({
    NbdUsageError,
    NbdProtocolError,
    NbdOptionRefusedError,
    NbdServerError,
    ConnectionLostError,
  }),
);
const PLAIN: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean']);
/** A cause of a cause of ...: some are circles. */
const MAX_CAUSES = 8;

/** What was thrown, whatever it is. */
export function toErrorRecord(thrown: unknown, causes = 0): ErrorRecord {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown), fields: {} };
  const { name, message, cause } = thrown;
  const plain = Object.entries(thrown).filter(([, value]) => PLAIN.has(typeof value));
  const record = { name, message, fields: Object.fromEntries(plain) };
  if (cause === undefined || causes === MAX_CAUSES) return record;
  if (cause instanceof Error) return { ...record, cause: toErrorRecord(cause, causes + 1) };
  return { ...record, cause: PLAIN.has(typeof cause) ? cause : String(cause) };
}

/** An error of the same class, if that is one of the NBD packages', else an `Error` of that name; with the same fields. */
export function fromErrorRecord(record: ErrorRecord): Error {
  const { name, message, fields, cause } = record;
  const options = cause === undefined ? {} : { cause: isRecord(cause) ? fromErrorRecord(cause) : cause };
  const error = new Error(message, options);
  Object.assign(error, fields);
  if (isNbdError({ ...fields, name, message })) {
    // Its constructor would make another message.
    Object.setPrototypeOf(error, (CLASSES.get(name) ?? NbdError).prototype);
  }
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true });
  return error;
}

function isRecord(cause: unknown): cause is ErrorRecord {
  return typeof cause === 'object';
}
