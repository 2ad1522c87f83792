import type { QIOChannel } from '@coaio/qio-channel';
import { afterEach, test } from 'vitest';

/** Two connected channels, fresh for each test. With one direction, the first writes and the second reads. */
export type Pair = readonly [QIOChannel, QIOChannel];
export type OpenPair = () => Promise<Pair>;

/**
 * What not every kind of channel can do. `both directions`: each end reads and writes. `half-close`: one end may end its writing and read on.
 * `waiting`: a reader waits for bytes, a writer for room. `cork`: small writes are gathered.
 * `at once`: what needs no waiting is done before a call returns, `tryReadv` and `tryWritev` included.
 */
export type Ability = 'both directions' | 'half-close' | 'waiting' | 'cork' | 'at once';

export interface ContractOptions {
  /** What this kind cannot do, and why, as the title of its suite then says: behaviours that need it are left out. */
  without?: Partial<Record<Ability, string>>;
}

export type Body = (left: QIOChannel, right: QIOChannel) => Promise<void>;

/** The behaviours of one kind of channel are told to this. */
export interface Suite {
  readonly openPair: OpenPair;
  /** A test, named as the sentence that it proves. `needs`: left out of kinds without. */
  proves(sentence: string, needs: readonly Ability[], body: Body): void;
}

export function makeSuite(openPair: OpenPair, { without = {} }: ContractOptions): Suite {
  const open: QIOChannel[] = [];
  const openTracked = async (): Promise<Pair> => {
    const pair = await openPair();
    open.push(...pair);
    return pair;
  };
  afterEach(() => {
    for (const channel of open.splice(0)) channel.close();
  });
  return {
    openPair: openTracked,
    proves: (sentence, needs, body) => {
      if (needs.some((ability) => without[ability] !== undefined)) return;
      test(sentence, async () => await body(...(await openTracked())));
    },
  };
}
