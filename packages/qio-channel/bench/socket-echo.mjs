// Messages to an echo server in another thread and back, over a Unix socket: so many a second, and the processor time of both threads.
// Each server is of the same make as its client. The goal is set beside the fastest loop on node:net that was found.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { IOThread } from '@coaio/aio-context';
import { transferringClient } from './echo/message-port.mjs';
import { WAYS } from './echo/ways.mjs';

/** @import { Case, Group, Prepared } from '@coaio/by-turns' */
/** @import { Client, Messages } from './echo/exchange.mjs' */
/** @import { WayName } from './echo/ways.mjs' */

const KIB = 1024;
const MIB = 1024 * KIB;
const SHORT = { bytes: 4 * KIB, inFlight: 64 };
const LONG = { bytes: MIB, inFlight: 4 };
/** A turn is not to end with its first answers. */
const ROUND_TRIPS = 4;
/** In turns of 5 ms ours came to 0.8x, in these to 1.0x: the streams have to get going. */
const LEAST_TURN_MS = 50;
/** So many bytes first: with cold code the channels come to half as much, the loops to nearly all. */
const WARM_UP = 256 * MIB;

/** @type {WayName[]} The first rival is the one that ratios are to. */
const SHORT_WAYS = [
  'QIOChannelSocket',
  'ReadWindow, WriteBatch',
  'net.Socket, onread and write',
  'net.Socket, onread and writeSync',
  'net.Socket, data and write',
];
/** @type {WayName[]} */
const LONG_WAYS = SHORT_WAYS.filter((way) => way !== 'ReadWindow, WriteBatch');
const OURS = /** @type {WayName[]} */ (['QIOChannelSocket', 'ReadWindow, WriteBatch']);
const GOAL = /** @type {const} */ ({ of: 'ratio', least: 0.9 });

/** @param {URL} serveEchoUrl the module of the other thread: a build puts it elsewhere @returns {Group[]} */
export function socketEchoGroups(serveEchoUrl) {
  const inBatches = (/** @type {Messages} */ { inFlight }) => inFlight * ROUND_TRIPS;
  return [
    {
      name: 'echo of 4 KiB, 64 in flight',
      leastTurnMs: LEAST_TURN_MS,
      unit: 'M/s',
      prepare: () =>
        prepare(serveEchoUrl, SHORT, SHORT_WAYS, (client) => ({
          batch: inBatches(SHORT),
          run: (count) => client.exchange(count),
          goal: GOAL,
        })),
    },
    {
      name: 'echo of 4 KiB, processor time',
      unit: 'us',
      prepare: () =>
        prepare(serveEchoUrl, SHORT, SHORT_WAYS, (client) => ({
          batch: inBatches(SHORT),
          run: (count) => processorNs(client, count),
        })),
    },
    {
      // One operation is a byte: M/s are MB/s.
      name: 'bytes of echoes of 1 MiB, 4 in flight',
      leastTurnMs: LEAST_TURN_MS,
      unit: 'M/s',
      prepare: () =>
        prepare(serveEchoUrl, LONG, LONG_WAYS, (client) => ({
          batch: inBatches(LONG) * LONG.bytes,
          run: (bytes) => client.exchange(bytes / LONG.bytes),
          goal: GOAL,
        })),
    },
    {
      name: 'echo of 1 MiB, processor time',
      unit: 'us',
      prepare: () =>
        prepare(serveEchoUrl, LONG, LONG_WAYS, (client) => ({
          batch: inBatches(LONG),
          run: (count) => processorNs(client, count),
        })),
    },
  ];
}

/**
 * @param {URL} serveEchoUrl
 * @param {Messages} messages
 * @param {WayName[]} ways
 * @param {(client: Client) => Pick<Case, 'batch' | 'run' | 'goal'>} measured
 * @returns {Promise<Prepared>}
 */
async function prepare(serveEchoUrl, messages, ways, measured) {
  const folder = await mkdtemp(join(tmpdir(), 'coaio-'));
  /** @type {(() => unknown)[]} */
  const endings = [];
  const close = async () => {
    for (const end of endings.reverse()) await end();
    await rm(folder, { recursive: true, force: true });
  };
  /** @type {Case[]} */
  const cases = [];
  try {
    for (const [index, way] of ways.entries()) {
      const ours = OURS.includes(way);
      const path = join(folder, String(index));
      endings.push(await startServer(serveEchoUrl, way, path, messages, ours));
      const client = await WAYS[way].connect(path, messages);
      endings.push(() => client.close());
      await client.exchange(WARM_UP / messages.bytes);
      const { goal, ...rest } = measured(client);
      cases.push({ name: way, ours, ...rest, ...(way === 'QIOChannelSocket' && goal && { goal }) });
    }
    const { run, batch } = measured(await startPort(serveEchoUrl, messages, endings));
    cases.push({ name: 'MessagePort, transferred', run, ...(batch !== undefined && { batch }) });
  } catch (error) {
    await close();
    throw error;
  }
  return { cases, close };
}

/**
 * @param {URL} url
 * @param {WayName} way
 * @param {string} path
 * @param {Messages} messages
 * @param {boolean} ours
 * @returns {Promise<() => unknown>} ends it
 */
async function startServer(url, way, path, messages, ours) {
  if (ours) {
    // As the others' threads: they do not poll.
    const thread = await IOThread.start({ name: 'echo', pollMaxNs: 0 });
    await thread.run(url, 'serveEcho', way, path, messages);
    return () => thread.terminate();
  }
  const worker = new Worker(url, { workerData: { echo: [way, path, messages] } });
  await once(worker, 'message');
  return () => worker.terminate();
}

/** @param {URL} url @param {Messages} messages @param {(() => unknown)[]} endings */
async function startPort(url, messages, endings) {
  const worker = new Worker(url, { workerData: { echo: 'port' } });
  endings.push(() => worker.terminate());
  await once(worker, 'message');
  return transferringClient(worker, messages);
}

/** Of all threads, the kernel's share included. @param {Client} client @param {number} count */
async function processorNs(client, count) {
  const before = process.cpuUsage();
  await client.exchange(count);
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}
