import { NbdClient, type NbdClientEvent, type NbdClientOptions } from '@coaio/nbd-client';
import { NBD_FLAG_CAN_MULTI_CONN, NBD_FLAG_SEND_FLUSH, NBD_FLAG_SEND_FUA } from '@coaio/nbd-protocol';
import type { QIOChannelPair } from '@coaio/qio-channel';
import { CountingClock } from './drive.js';
import { ModelDisk } from './model-disk.js';
import { type ModelConnection, type ModelOptions, modelServer } from './model-server.js';

export const MULTI_CONN = NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_FUA | NBD_FLAG_CAN_MULTI_CONN;

export interface Reconnecting {
  readonly client: NbdClient;
  readonly clock: CountingClock;
  readonly disk: ModelDisk;
  readonly connections: readonly ModelConnection[];
  readonly events: NbdClientEvent[];
  /** How often the client tried to connect. */
  readonly attempts: () => number;
  /** Whether there is a server to connect to. */
  serve(isThere: boolean): void;
}

/** A client whose server may be gone for a while. */
export async function reconnectingClient(
  { reconnects = true, ...options }: NbdClientOptions & { reconnects?: boolean } = {},
  optionsOf: (index: number) => Partial<ModelOptions> = () => ({}),
): Promise<Reconnecting> {
  const clock = new CountingClock();
  const disk = new ModelDisk(64 * 1024, (index) => (index * 7 + 1) & 0xff);
  const server = modelServer((index) => ({ disk, ...optionsOf(index) }));
  const events: NbdClientEvent[] = [];
  let isThere = true;
  let attempts = 0;
  const open = (): QIOChannelPair => {
    attempts++;
    if (!isThere) throw new Error('nobody listens');
    return server.open();
  };
  const client = await NbdClient.connect({
    channel: open,
    clock,
    ...(reconnects ? { reconnectDelayMs: 10_000 } : {}),
    onEvent: (event) => events.push(event),
    ...options,
  });
  return {
    client,
    clock,
    disk,
    connections: server.connections,
    events,
    attempts: () => attempts,
    serve: (is) => {
      isThere = is;
    },
  };
}

/** A read that is right, whatever was written. */
export async function readsRight({ client, disk }: Reconnecting, offset = 0, length = 100): Promise<boolean> {
  return (await client.read(offset, length)).equals(disk.contents.subarray(offset, offset + length));
}

/** Keeps every answer back for which `isKept` says so. */
export function keeping(isKept: () => boolean): Pick<ModelOptions, 'before'> {
  return {
    *before() {
      return !isKept();
    },
  };
}
