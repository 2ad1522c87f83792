import type { Rw } from '../run/run-config.js';
import type { Load } from './compare-config.js';

/** What one turn measured. */
export interface Turn {
  iops: number;
  mibPerSecond: number;
  /** Where it can be had. */
  cpuUsPerIo?: number;
}

/** A program that measures NBD servers too, or ourselves in a process of our own. */
export interface Contender {
  readonly name: string;
  /** @throws when it cannot measure `uri`. */
  turn(load: Load, uri: string, signal: AbortSignal): Promise<Turn>;
}

/** What the server has, of that which not every rival can do with or without. */
export interface ServerTraits {
  tls: boolean;
  structuredReplies: boolean;
}

export interface Rival extends Contender {
  /** @returns undefined when it is not installed, or cannot do NBD. */
  version(signal: AbortSignal): Promise<string | undefined>;
  /** @returns why it cannot measure such a server; undefined when it can. */
  unfit?(server: ServerTraits): string | undefined;
  /** What it does when asked for such a load, and we too in its rounds; undefined: nothing like it. */
  rw(load: Load): Rw | undefined;
}
