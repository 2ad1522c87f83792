import type { Co } from '@coaio/coroutine';
import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import { decodeContexts, optionsOf } from './command-words.js';
import { COMMAND, FLAGS, IN_CHUNKS } from './layout.js';
import { readRecorded } from './recorded-read.js';
import type { SharedClient } from './shared-client.js';
import { readLength, readOffset, word } from './slot-words.js';

const NO_BYTES = new Uint8Array(0);

/** Does with the client what the words of a slot say. @param at the first of them @param aborter of one that may be aborted */
export function performCommand(
  { co, chunks }: SharedClient,
  words: Int32Array,
  at: number,
  memory: Uint8Array | null,
  aborter: AbortController | null,
): Co<unknown> {
  const command = word(words, at + COMMAND);
  const offset = readOffset(words, at);
  const options = optionsOf(words, at, aborter);
  switch (command) {
    case NBD_CMD_READ: {
      const flags = word(words, at + FLAGS);
      if ((flags & IN_CHUNKS) !== 0)
        return readRecorded(chunks, flags & ~IN_CHUNKS, offset, memory ?? NO_BYTES, options);
      return co.readInto(offset, memory ?? NO_BYTES, options);
    }
    case NBD_CMD_WRITE:
      return co.write(offset, memory ?? NO_BYTES, options);
    case NBD_CMD_FLUSH:
      return co.flush(options);
    case NBD_CMD_TRIM:
      return co.trim(offset, readLength(words, at), options);
    case NBD_CMD_CACHE:
      return co.cache(offset, readLength(words, at), options);
    case NBD_CMD_WRITE_ZEROES:
      return co.writeZeroes(offset, readLength(words, at), options);
    case NBD_CMD_BLOCK_STATUS: {
      const contexts = memory === null ? undefined : decodeContexts(memory);
      return co.blockStatus(offset, readLength(words, at), { ...options, contexts });
    }
    default:
      throw new Error(`unreachable: command ${command} in a slot`);
  }
}
