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
import type { ClientCommands } from '../commands/client-commands.js';
import { decodeContexts, optionsOf } from './command-words.js';
import { COMMAND } from './layout.js';
import { readLength, readOffset, word } from './slot-words.js';

const NO_BYTES = new Uint8Array(0);

/** Does with the client what the words of a slot say. @param at the first of them @param aborter of one that may be aborted */
export function performCommand(
  commands: ClientCommands,
  words: Int32Array,
  at: number,
  memory: Uint8Array | null,
  aborter: AbortController | null,
): Co<unknown> {
  const command = word(words, at + COMMAND);
  const offset = readOffset(words, at);
  const options = optionsOf(words, at, aborter);
  switch (command) {
    case NBD_CMD_READ:
      return commands.readInto(offset, memory ?? NO_BYTES, options);
    case NBD_CMD_WRITE:
      return commands.write(offset, memory ?? NO_BYTES, options);
    case NBD_CMD_FLUSH:
      return commands.flush(options);
    case NBD_CMD_TRIM:
      return commands.trim(offset, readLength(words, at), options);
    case NBD_CMD_CACHE:
      return commands.cache(offset, readLength(words, at), options);
    case NBD_CMD_WRITE_ZEROES:
      return commands.writeZeroes(offset, readLength(words, at), options);
    case NBD_CMD_BLOCK_STATUS: {
      const contexts = memory === null ? undefined : decodeContexts(memory);
      return commands.blockStatus(offset, readLength(words, at), { ...options, contexts });
    }
    default:
      throw new Error(`unreachable: command ${command} in a slot`);
  }
}
