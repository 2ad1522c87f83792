import { MAX_STRING } from '../bytes/string.js';
import { NbdUsageError } from '../errors/usage-error.js';

// What the payloads of structured and of extended chunks have in common, for who sends them.

export function encodeOffset(view: DataView, at: number, offsetHigh: number, offsetLow: number): number {
  view.setUint32(at, offsetHigh);
  view.setUint32(at + 4, offsetLow);
  return at + 8;
}

/** The three fields with which every error chunk starts. */
export function encodeError(view: DataView, at: number, error: number, message: Uint8Array): number {
  if (error === 0) throw new NbdUsageError('NBD_BAD_ARGUMENT', 'error chunk', 'error value 0 means success');
  if (message.length > MAX_STRING) throw outOfRange('message', message.length, MAX_STRING, 'bytes');
  view.setUint32(at, error);
  view.setUint16(at + 4, message.length);
  new Uint8Array(view.buffer, view.byteOffset).set(message, at + 6);
  return at + 6 + message.length;
}

export function requireCount(what: string, count: number, limit: number, unit = 'bytes'): void {
  if (!(count >= 1 && count <= limit)) throw outOfRange(what, count, limit, unit);
}

function outOfRange(what: string, count: number, limit: number, unit: string): NbdUsageError {
  const detail = `${what} of ${count} ${unit} is outside the limits 1 to ${limit}`;
  return new NbdUsageError('NBD_BAD_ARGUMENT', 'chunk', detail);
}
