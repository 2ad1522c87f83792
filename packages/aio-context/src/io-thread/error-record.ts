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

/** What was thrown, made fit for `postMessage`. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: `thrown: ${String(thrown)}`, fields: {} };
  }
  const record: ErrorRecord = { name: thrown.name, message: thrown.message, fields: {} };
  if (thrown.stack !== undefined) record.stack = thrown.stack;
  if (thrown.cause !== undefined) {
    record.cause = thrown.cause instanceof Error ? toErrorRecord(thrown.cause) : String(thrown.cause);
  }
  for (const [key, value] of Object.entries(thrown)) {
    if (key !== 'name' && isCloneable(value)) record.fields[key] = value;
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
