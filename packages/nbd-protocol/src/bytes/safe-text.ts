import { MAX_STRING } from './string.js';

const MAX_QUOTED = 100;
// A peer's text ends up in terminals and logs: no escape sequences, no forged lines, no reversed reading order.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text of a peer for people to read: never throws, at most 4096 bytes of UTF-8, control characters replaced. */
export function safeText(bytes: Uint8Array): string {
  // Streaming drops a character that the limit cut in two, instead of showing half of it.
  const cut = bytes.length > MAX_STRING;
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_STRING), { stream: cut });
  return withinLimit(withoutControls(text));
}

/** The same for text that is already decoded, such as a name quoted in a message. */
export function withoutControls(text: string): string {
  return text.replace(UNSAFE, '\ufffd');
}

/** A name as a message quotes it: of a long one the beginning. */
export function quotedName(name: string): string {
  const text = withoutControls(name);
  return text.length <= MAX_QUOTED ? `"${text}"` : `"${text.slice(0, MAX_QUOTED)}..."`;
}

// Each replacement is 3 bytes of UTF-8 for what may have been 1.
function withinLimit(text: string): string {
  if (text.length * 3 <= MAX_STRING) return text;
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(MAX_STRING)).read);
}

/** Bytes of a message for the peer's user, cut at a character so as to fit the limit of 4096. */
export function messageBytes(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MAX_STRING) return bytes;
  const room = new Uint8Array(MAX_STRING);
  return room.subarray(0, new TextEncoder().encodeInto(text, room).written);
}
