import { readFile } from 'node:fs/promises';
import { isUint8Array } from 'node:util/types';
import { QIOChannelError } from '../qio-channel-error.js';

/** What OpenSSL takes; RFC 4279 asks for 128 and 64 at least. */
const MAX_IDENTITY = 128;
const MAX_KEY = 256;

/** @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`. */
export function assertPreSharedKey(identity: string, key: Uint8Array, where: string): void {
  if (typeof identity !== 'string') throw refuse(`${where}: identity is a ${typeof identity}, want a string`);
  if (!isUint8Array(key)) throw refuse(`${where}: key of "${identity}" is no Uint8Array`);
  // TLS 1.2 ends it at a zero byte; Node shows all bytes that are not UTF-8 as the same character.
  if (identity.includes('\0')) throw refuse(`${where}: identity ${JSON.stringify(identity)} has a zero byte`);
  if (Buffer.from(identity).toString() !== identity || identity.includes('\uFFFD')) {
    throw refuse(`${where}: identity ${JSON.stringify(identity)} is not UTF-8`);
  }
  const length = Buffer.byteLength(identity);
  if (length === 0 || length > MAX_IDENTITY) {
    throw refuse(`${where}: identity is ${length} bytes long, allowed are 1 to ${MAX_IDENTITY}`);
  }
  if (key.length === 0 || key.length > MAX_KEY) {
    throw refuse(`${where}: key of "${identity}" is ${key.length} bytes long, allowed are 1 to ${MAX_KEY}`);
  }
}

/** The keys in a file of lines `name:hexkey`, by name. A name that starts with `#` is hexadecimal, as GnuTLS has it. */
export async function pskKeysFromFile(path: string): Promise<Map<string, Uint8Array>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw refuse(`${path} cannot be read`, error);
  }
  const keys = new Map<string, Uint8Array>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const where = `${path} line ${index + 1}`;
    // The key has no colon, a name may.
    const colon = line.lastIndexOf(':');
    if (colon < 1) throw refuse(`${where}: want name:hexkey`);
    const name = line.slice(0, colon);
    const identity = name.startsWith('#') ? fromHex(name.slice(1), where).toString() : name;
    const key = fromHex(line.slice(colon + 1), where);
    assertPreSharedKey(identity, key, where);
    if (keys.has(identity)) throw refuse(`${where}: "${identity}" has a key already`);
    keys.set(identity, key);
  }
  return keys;
}

/** The text itself is not shown: it may be a key. */
function fromHex(text: string, where: string): Buffer {
  if (text.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(text)) {
    throw refuse(`${where}: want pairs of hexadecimal digits, and these are ${text.length} characters`);
  }
  return Buffer.from(text, 'hex');
}

function refuse(message: string, cause?: unknown): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_TLS_CREDENTIALS', `TLS credentials: ${message}`, cause);
}
