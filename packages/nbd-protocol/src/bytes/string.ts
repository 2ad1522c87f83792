import { NbdProtocolError } from '../errors/protocol-error.js';
import { NbdUsageError } from '../errors/usage-error.js';

/** Longest string in bytes that the specification allows, names and messages alike. */
export const MAX_STRING = 4096;

/**
 * Decodes a string of the peer.
 * @throws NbdProtocolError NBD_BAD_STRING: over 4096 bytes, not UTF-8, or with a NUL.
 */
export function readString(bytes: Uint8Array, operation: string, what: string): string {
  if (bytes.length > MAX_STRING) {
    throw badString(operation, `${what} of ${bytes.length} bytes exceeds the limit of ${MAX_STRING}`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badString(operation, `${what} is not valid UTF-8`, cause);
  }
  if (text.includes('\0')) throw badString(operation, `${what} contains a NUL character`);
  return text;
}

/**
 * Encodes a string for the peer.
 * @throws NbdUsageError over 4096 bytes, or with a NUL.
 */
export function encodeString(text: string, what: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MAX_STRING) {
    throw unusable(what, `${bytes.length} bytes exceed the NBD limit of ${MAX_STRING}`);
  }
  if (text.includes('\0')) throw unusable(what, 'it contains a NUL character, which NBD does not allow');
  return bytes;
}

function unusable(what: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', what, detail);
}

function badString(operation: string, detail: string, cause?: unknown): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_STRING', operation, detail, cause);
}
