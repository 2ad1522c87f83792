import {
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLAG_NO_HOLE,
  NBD_CMD_FLAG_REQ_ONE,
} from '@coaio/nbd-protocol';
import type { BlockStatusOptions, WriteZeroesOptions } from '../commands/command-options.js';
import { ABORTABLE, FLAGS, NO_TIMEOUT, TIMEOUT } from './layout.js';
import { word } from './slot-words.js';

/** The options of any command, as far as they fit into words. */
export type CommandOptions = WriteZeroesOptions & Pick<BlockStatusOptions, 'one'>;

/** `NBD_CMD_FLAG_*` */
export function flagsOf(options: CommandOptions | undefined): number {
  if (options === undefined) return 0;
  return (
    (options.fua === true ? NBD_CMD_FLAG_FUA : 0) |
    (options.noHole === true ? NBD_CMD_FLAG_NO_HOLE : 0) |
    (options.fast === true ? NBD_CMD_FLAG_FAST_ZERO : 0) |
    (options.one === true ? NBD_CMD_FLAG_REQ_ONE : 0)
  );
}

/** What {@link flagsOf} was given, and the limits: mostly nothing. @param aborter of one that may be aborted */
export function optionsOf(
  words: Int32Array,
  at: number,
  aborter: AbortController | null,
): CommandOptions | undefined {
  const flags = word(words, at + FLAGS);
  const timeoutMs = words[at + TIMEOUT] as number;
  if (flags === 0 && aborter === null && timeoutMs === NO_TIMEOUT) return undefined;
  return {
    fua: (flags & NBD_CMD_FLAG_FUA) !== 0,
    noHole: (flags & NBD_CMD_FLAG_NO_HOLE) !== 0,
    fast: (flags & NBD_CMD_FLAG_FAST_ZERO) !== 0,
    one: (flags & NBD_CMD_FLAG_REQ_ONE) !== 0,
    signal: aborter?.signal,
    timeoutMs: timeoutMs === NO_TIMEOUT ? undefined : timeoutMs,
  };
}

export function isAbortable(words: Int32Array, at: number): boolean {
  return words[at + ABORTABLE] === 1;
}

/** The names of metadata contexts: what is in the memory of an NBD_CMD_BLOCK_STATUS; with no memory all are meant. */
export function encodeContexts(names: readonly string[]): Uint8Array {
  return Buffer.from(JSON.stringify(names));
}

export function decodeContexts(memory: Uint8Array): readonly string[] {
  return JSON.parse(Buffer.from(memory).toString());
}
