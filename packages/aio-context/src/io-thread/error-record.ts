import { inspect, types } from 'node:util';

/** An error as plain data: structured clone would drop its class, `name` and `code`. */
export interface ErrorRecord {
  name: string;
  message: string;
  stack?: string;
  cause?: unknown;
  /** An `AggregateError`'s. */
  errors?: unknown[];
  /** Own enumerable fields, `code` among them, where they can be cloned. */
  fields: Record<string, unknown>;
}

/** Fields of a record of their own. */
const KEPT_ELSEWHERE = new Set(['name', 'message', 'stack', 'cause', 'errors']);

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** `inspect` describes what has no string form, where `String` would throw. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value);
}

/**
 * What was thrown, made fit for `postMessage`, whatever it is: an error lost here would end the thread.
 * A cause that is among the errors that it led to is left out.
 */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  try {
    return recordOf(thrown, []);
  } catch {
    // A getter or a proxy's trap threw.
    return { name: 'Error', message: 'thrown: something that cannot be described', fields: {} };
  }
}

function recordOf(thrown: unknown, effects: readonly unknown[]): ErrorRecord {
  if (!isError(thrown)) {
    return { name: 'Error', message: `thrown: ${textOf(thrown)}`, fields: {} };
  }
  const record: ErrorRecord = { name: textOf(thrown.name), message: textOf(thrown.message), fields: {} };
  if (thrown.stack !== undefined) record.stack = textOf(thrown.stack);
  const seen = [...effects, thrown];
  const { cause } = thrown;
  if (cause !== undefined && !seen.includes(cause)) record.cause = partOf(cause, seen);
  if (thrown instanceof AggregateError) {
    record.errors = thrown.errors.filter((part) => !seen.includes(part)).map((part) => partOf(part, seen));
  }
  for (const [key, value] of Object.entries(thrown)) {
    if (!KEPT_ELSEWHERE.has(key) && isCloneable(value)) record.fields[key] = value;
  }
  // A DOMException has its code, a number, from its prototype.
  const { code } = thrown as { code?: unknown };
  if (typeof code === 'string' || typeof code === 'number') Object.assign(record.fields, { code });
  return record;
}

/** Those of another realm included. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

function partOf(part: unknown, effects: readonly unknown[]): unknown {
  return isError(part) ? recordOf(part, effects) : textOf(part);
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  return typeof value === 'object' && value !== null && 'fields' in value && 'message' in value;
}

function fromPart(part: unknown): unknown {
  return isErrorRecord(part) ? fromErrorRecord(part) : part;
}

/** An `Error` with the name, code, fields, stack and causes of the recorded one; an `AggregateError` if that was one. */
export function fromErrorRecord(record: ErrorRecord): Error {
  const { message, errors } = record;
  const error = errors === undefined ? new Error(message) : new AggregateError(errors.map(fromPart), message);
  if (record.cause !== undefined) error.cause = fromPart(record.cause);
  Object.defineProperty(error, 'name', { value: record.name, configurable: true, writable: true });
  if (record.stack !== undefined) error.stack = record.stack;
  return Object.assign(error, record.fields);
}
