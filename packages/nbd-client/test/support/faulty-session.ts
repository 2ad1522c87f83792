import { isNbdError, NbdClient, type NbdClientEvent, type NbdClientOptions } from '@coaio/nbd-client';
import { CountingClock, drive, settle } from './drive.js';
import type { Fault } from './faulty-line.js';
import { ModelDisk } from './model-disk.js';
import { type Form, modelServer } from './model-server.js';

const SIZE = 512;
const BAD = 400;
const WRITTEN = new Uint8Array(24).fill(0x77);
const WRITTEN_AT = 256;
/** For each of connecting, requests and closing. */
export const LIMIT_MS = 1000;

/** Zeroes from 30 to 60, so that reads there come as holes. */
export function content(index: number): number {
  return index >= 30 && index < 60 ? 0 : (index * 7 + 1) & 0xff;
}

export interface SessionResult {
  /** Bytes that the first connection's server sent. */
  readonly sent: number;
  /** What of each step was neither right nor a typed error. */
  readonly wrong: readonly string[];
  readonly failed: readonly string[];
  readonly armedTimers: number;
  readonly events: readonly NbdClientEvent['type'][];
}

/** A whole session with a server whose first connection has `fault`; all others are sound. */
export async function faultySession(
  form: Form,
  fault: Fault | null,
  options: NbdClientOptions,
): Promise<SessionResult> {
  const clock = new CountingClock();
  const disk = new ModelDisk(SIZE, content);
  const server = modelServer((index) => ({ disk, form, badOffset: BAD, fault: index === 0 ? fault : null }));
  const wrong: string[] = [];
  const failed: string[] = [];
  const events: NbdClientEvent['type'][] = [];

  const step = async <T>(
    name: string,
    limitMs: number,
    run: () => Promise<T>,
    isRight: (value: T) => boolean,
  ): Promise<T | undefined> => {
    const start = clock.nowNs();
    try {
      const value = await drive(clock, run());
      if (!isRight(value)) wrong.push(`${name}: wrong data`);
      return value;
    } catch (error) {
      if (!isNbdError(error)) wrong.push(`${name}: ${error}`);
      else failed.push(`${name}: ${error.code}`);
      const ms = (clock.nowNs() - start) / 1e6;
      if (ms > limitMs) wrong.push(`${name}: ${ms} ms`);
      return undefined;
    }
  };
  const reads = (name: string, offset: number, length: number, limitMs: number, client: NbdClient) =>
    step(
      name,
      limitMs,
      () => client.read(offset, length),
      (data) => isContent(data, offset),
    );

  const client = await step(
    'connect',
    Number.POSITIVE_INFINITY,
    () =>
      NbdClient.connect({
        channel: server.open,
        clock,
        openTimeoutMs: LIMIT_MS,
        requestTimeoutMs: LIMIT_MS,
        closeTimeoutMs: LIMIT_MS,
        onEvent: ({ type }) => events.push(type),
        ...options,
      }),
    () => true,
  );
  if (client !== undefined) {
    // Its data may be just arriving when its time is up.
    const limitMs = 2 * LIMIT_MS + 250;
    await reads('first read', 0, 16, limitMs, client);
    await Promise.all([
      reads('read', 16, 60, limitMs, client),
      step(
        'bad read',
        limitMs,
        () => client.read(BAD, 8).then(failIfRead, isBadBlock),
        (right) => right,
      ),
      step(
        'write',
        limitMs,
        () => client.write(WRITTEN_AT, WRITTEN),
        () => true,
      ),
      form === 'simple'
        ? null
        : step(
            'block status',
            limitMs,
            () => client.blockStatus(0, 64),
            (status) => isStatus(status),
          ),
    ]);
    const wasWritten = !failed.some((what) => what.startsWith('write'));
    await step(
      'flush',
      limitMs,
      () => client.flush(),
      () => true,
    );
    const isRight = (data: Buffer): boolean =>
      data.equals(WRITTEN) || (!wasWritten && isContent(data, WRITTEN_AT));
    await step('read back', limitMs, () => client.read(WRITTEN_AT, WRITTEN.length), isRight);
    await step(
      'close',
      limitMs,
      () => client.close(),
      () => true,
    );
  }
  for (const connection of server.connections) connection.cut();
  await settle();
  return { sent: server.connections[0]?.line.sent ?? 0, wrong, failed, armedTimers: clock.armed, events };
}

function isContent(data: Buffer, offset: number): boolean {
  return data.every((byte, index) => byte === content(offset + index));
}

function failIfRead(): boolean {
  return false;
}

/** Another error goes on to whoever judges that. */
function isBadBlock(error: { code?: string; errno?: string }): boolean {
  if (error.code !== 'NBD_SERVER_ERROR') throw error;
  return error.errno === 'EIO';
}

function isStatus(status: ReadonlyMap<string, readonly { length: number; status: number }[]>): boolean {
  return (
    JSON.stringify(status.get('base:allocation')) ===
    JSON.stringify([
      { length: 32, status: 1 },
      { length: 32, status: 0 },
    ])
  );
}
