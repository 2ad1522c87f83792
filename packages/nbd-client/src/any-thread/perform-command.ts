import type { Co } from '@coaio/coroutine';
import { NBD_CMD_FLAG_FUA, NBD_CMD_FLUSH, NBD_CMD_READ, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import type { ClientCommands } from './client-commands.js';
import { ABORTABLE, COMMAND, FLAGS, NO_TIMEOUT, TIMEOUT } from './layout.js';
import { readOffset, word } from './slot-words.js';

const NO_BYTES = new Uint8Array(0);

/** Does with the client what the words of a slot say. @param at the first of them @param aborter of one that may be aborted */
export function performCommand(
  commands: ClientCommands,
  words: Int32Array,
  at: number,
  memory: Uint8Array | null,
  aborter: AbortController | null,
): Co<unknown> {
  const flags = word(words, at + FLAGS);
  const offset = readOffset(words, at);
  const options = optionsOf(words, at, flags, aborter);
  const command = word(words, at + COMMAND);
  switch (command) {
    case NBD_CMD_READ:
      return commands.readInto(offset, memory ?? NO_BYTES, options);
    case NBD_CMD_WRITE:
      return commands.write(offset, memory ?? NO_BYTES, options);
    case NBD_CMD_FLUSH:
      return commands.flush(options);
    default:
      throw new Error(`unreachable: command ${command} in a slot`);
  }
}

/** Mostly none. */
function optionsOf(words: Int32Array, at: number, flags: number, aborter: AbortController | null) {
  const timeoutMs = words[at + TIMEOUT] as number;
  if (flags === 0 && aborter === null && timeoutMs === NO_TIMEOUT) return undefined;
  return {
    fua: (flags & NBD_CMD_FLAG_FUA) !== 0,
    signal: aborter?.signal,
    timeoutMs: timeoutMs === NO_TIMEOUT ? undefined : timeoutMs,
  };
}

export function isAbortable(words: Int32Array, at: number): boolean {
  return words[at + ABORTABLE] === 1;
}
