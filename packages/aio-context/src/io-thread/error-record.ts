import { inspect } from 'node:util';

/** An error as plain data: structured clone would drop its class, `name` and `code`. */
export interface ErrorRecord {
  name: string;
  message: string;
  stack?: string;
  cause?: unknown;
  /** Own enumerable fields, `code` among them, where they can be cloned. */
  fields: Record<string, unknown>;
}

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
 * A cause that is among `effects`, the errors that it led to, is left out.
 */
export function toErrorRecord(thrown: unknown, effects: readonly unknown[] = []): ErrorRecord {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: `thrown: ${textOf(thrown)}`, fields: {} };
  }
  const record: ErrorRecord = { name: textOf(thrown.name), message: textOf(thrown.message), fields: {} };
  if (thrown.stack !== undefined) record.stack = textOf(thrown.stack);
  const { cause } = thrown;
  const seen = [...effects, thrown];
  if (cause instanceof Error) {
    if (!seen.includes(cause)) record.cause = toErrorRecord(cause, seen);
  } else if (cause !== undefined) record.cause = textOf(cause);
  for (const [key, value] of Object.entries(thrown)) {
    if (key !== 'name' && key !== 'cause' && isCloneable(value)) record.fields[key] = value;
  }
  return record;
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  return typeof value === 'object' && value !== null && 'fields' in value && 'message' in value;
}

/** An `Error` with the name, code, fields, stack and causes of the recorded one. */
export function fromErrorRecord(record: ErrorRecord): Error {
  const error = new Error(record.message);
  if (record.cause !== undefined) {
    error.cause = isErrorRecord(record.cause) ? fromErrorRecord(record.cause) : record.cause;
  }
  Object.defineProperty(error, 'name', { value: record.name, configurable: true, writable: true });
  if (record.stack !== undefined) error.stack = record.stack;
  return Object.assign(error, record.fields);
}
