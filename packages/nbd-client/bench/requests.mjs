// Reads, writes and block status, one and many in flight, beside the naive client. Both have the same server, in the same thread.
import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { EXPORT_SIZE, openPeer } from './peers/answering-peer.mjs';
import { NaiveClient } from './peers/naive-client.mjs';

/** @import { Group, Prepared } from '@coaio/by-turns' */

const KIB = 1024;
/** Requests of one loop before it ends: the loops themselves are not to count. */
const EACH = 32;
/** Requests before the first turn: cold code takes four times as long. */
const WARM_UP = 5_000;
const WARM_UP_BYTES = 2 ** 28;
/** Less with few in flight: the naive client does nothing but send and wait. */
const GOALS = /** @type {const} */ ({ 1: { of: 'ratio', most: 1.5 }, 64: { of: 'ratio', most: 0.8 } });

const DEPTHS = /** @type {const} */ ([1, 64]);

/** @typedef {keyof typeof GOALS} Depth */
/** @typedef {'read' | 'write' | 'block status'} Command */

/** @type {Group[]} */
export const requestGroups = [
  ...[4 * KIB, 256 * KIB].flatMap((bytes) =>
    /** @type {Command[]} */ (['read', 'write']).flatMap((command) =>
      DEPTHS.map((depth) => group(command, bytes, depth)),
    ),
  ),
  ...DEPTHS.map((depth) => group('block status', 64 * KIB, depth)),
];

/** @param {Command} command @param {number} bytes @param {Depth} depth @returns {Group} */
function group(command, bytes, depth) {
  return {
    name: `${command} of ${bytes / KIB} KiB, ${depth} in flight`,
    unit: 'us',
    prepare: () => prepare(command, bytes, depth),
  };
}

/** @param {Command} command @param {number} bytes @param {Depth} depth @returns {Promise<Prepared>} */
async function prepare(command, bytes, depth) {
  const client = await NbdClient.connect({ channel: openPeer('structured') });
  const naive = new NaiveClient(openPeer('structured', false));
  const batch = depth * EACH;
  const goal = GOALS[depth];
  const warmUp = Math.min(WARM_UP, WARM_UP_BYTES / bytes);
  await inCoroutines(client, command, bytes, depth, warmUp);
  await inPromises(client, command, bytes, depth, warmUp);
  await inPromises(naive, command, bytes, depth, warmUp);
  return {
    cases: [
      {
        name: 'coroutines',
        ours: true,
        batch,
        goal,
        run: (count) => inCoroutines(client, command, bytes, depth, count),
      },
      {
        name: 'promises',
        ours: true,
        batch,
        goal,
        run: (count) => inPromises(client, command, bytes, depth, count),
      },
      {
        name: 'naive client',
        batch,
        run: (count) => inPromises(naive, command, bytes, depth, count),
      },
    ],
    async close() {
      await client.close();
      naive.close();
    },
  };
}

/**
 * So many requests, one after the other in each of `depth` coroutines.
 *
 * @param {NbdClient} client
 * @param {Command} command
 * @param {number} bytes
 * @param {number} depth
 * @param {number} count
 */
export async function inCoroutines({ co }, command, bytes, depth, count) {
  const loops = Array.from({ length: depth }, () => {
    const memory = new Uint8Array(bytes);
    return coRun(function* () {
      for (let i = 0; i < count / depth; i++) {
        const offset = (i * bytes) % EXPORT_SIZE;
        if (command === 'read') yield* co.readInto(offset, memory);
        else if (command === 'write') yield* co.write(offset, memory);
        else yield* co.blockStatus(offset, bytes);
      }
    });
  });
  await Promise.all(loops);
}

/**
 * @param {NbdClient | NaiveClient} client
 * @param {Command} command
 * @param {number} bytes
 * @param {number} depth
 * @param {number} count
 */
async function inPromises(client, command, bytes, depth, count) {
  const loops = Array.from({ length: depth }, async () => {
    const memory = new Uint8Array(bytes);
    for (let i = 0; i < count / depth; i++) {
      const offset = (i * bytes) % EXPORT_SIZE;
      if (command === 'read') await client.readInto(offset, memory);
      else if (command === 'write') await client.write(offset, memory);
      else await client.blockStatus(offset, bytes);
    }
  });
  await Promise.all(loops);
}
