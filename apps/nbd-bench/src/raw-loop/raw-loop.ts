import { connect, type OnReadOpts, type Socket } from 'node:net';
import { ClientHandshake, type NbdUri, NEED_MORE } from '@coaio/nbd-protocol';
import type { Turn } from '../compare/rival.js';
import { offsetsFor } from '../job/offsets.js';
import { SplitMix32 } from '../job/splitmix32.js';
import { fitToExport, planJobs } from '../run/plan.js';
import { isRandom, type RunConfig, writes } from '../run/run-config.js';
import { RawChunks } from './raw-chunks.js';
import { RawReplies } from './raw-replies.js';
import { RawRequests } from './raw-requests.js';

/** The form of replies that it asks for. */
export type RawForm = 'simple' | 'structured';

/**
 * The least that a client on `node:net` can do: one connection, replies of one form, memory used again, all requests of a turn in one
 * write. It has no errors but the fatal, no limits, no API: a ceiling, not an example.
 */
export async function rawLoop(uri: NbdUri, form: RawForm, config: RunConfig): Promise<Turn> {
  const { bs, iodepth, runtime, rampTime } = config;
  let handshake: ClientHandshake | null = new ClientHandshake({
    goal: 'go',
    exportName: uri.exportName,
    structuredReplies: form === 'structured',
  });
  return await new Promise((resolve, reject) => {
    let replies: RawReplies | undefined;
    let requests: RawRequests | undefined;
    let deadline = 0;
    let started = 0;
    let iosBefore = 0;
    let cpu = process.cpuUsage();
    const done = (): void => {
      const seconds = (performance.now() - started) / 1000;
      const used = process.cpuUsage(cpu);
      const ios = (replies?.ios ?? 0) - iosBefore;
      socket.destroy();
      resolve({
        iops: ios / seconds,
        mibPerSecond: (ios * bs) / seconds / 2 ** 20,
        cpuUsPerIo: (used.user + used.system) / ios,
      });
    };
    const begin = (event: ReturnType<ClientHandshake['nextEvent']>): void => {
      if (event === NEED_MORE) return;
      if (event.type !== 'ready') throw new Error(`the server does not give the export: ${event.type}`);
      if (form === 'structured' && !event.structuredReplies)
        throw new Error('the server has no structured replies');
      const [plan] = planJobs(config, fitToExport(config, event.export));
      if (plan === undefined) return;
      handshake = null;
      const memory = Array.from({ length: iodepth }, (_, slot) => Buffer.alloc(bs, 1 + (slot % 255)));
      const offsets = isRandom(config.rw) ? randomOffsets(plan.blocks, plan.offset, bs) : offsetsFor(plan);
      requests = new RawRequests(socket, memory, writes(config.rw), offsets);
      replies =
        form === 'simple'
          ? new RawReplies(memory, writes(config.rw))
          : new RawChunks(memory, writes(config.rw), requests.offsets);
      const measured = (): void => {
        iosBefore = replies?.ios ?? 0;
        started = performance.now();
        deadline = started + runtime * 1000;
        cpu = process.cpuUsage();
      };
      measured();
      if (rampTime > 0) {
        deadline = Number.POSITIVE_INFINITY;
        setTimeout(measured, rampTime * 1000);
      }
      requests.send(memory.keys());
    };
    const socket = open(uri, {
      buffer: () => replies?.place() ?? Buffer.allocUnsafe(4096),
      callback: (count, bytes) => {
        try {
          if (handshake !== null) {
            handshake.receive(bytes.subarray(0, count));
            const event = handshake.nextEvent();
            const outgoing = handshake.takeOutgoing();
            if (outgoing.length > 0) socket.write(outgoing);
            begin(event);
          } else if (replies !== undefined && requests !== undefined) {
            const free = replies.land(count);
            if (performance.now() < deadline) requests.send(free);
            else if (replies.ios === requests.sent) done();
          }
        } catch (error) {
          socket.destroy();
          reject(error);
        }
        return true;
      },
    });
    socket.on('error', reject);
    socket.on('end', () => reject(new Error('the server closed the connection')));
  });
}

function open({ where }: NbdUri, onread: OnReadOpts): Socket {
  if (where.type === 'unix') return connect({ path: where.path, onread });
  const socket = connect({ host: where.host, port: where.port, onread });
  return socket.setNoDelay();
}

function randomOffsets(blocks: number, offset: number, bs: number): { next(): number } {
  const random = new SplitMix32(1);
  return { next: () => offset + Math.floor((random.next() / 2 ** 32) * blocks) * bs };
}
