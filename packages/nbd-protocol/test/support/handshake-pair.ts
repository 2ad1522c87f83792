import {
  ClientHandshake,
  type ClientHandshakeEvent,
  type ClientHandshakeOptions,
  type ExportDirectory,
  type ExportFacts,
  exportInfoFromFlags,
  NEED_MORE,
  ServerHandshake,
  type ServerHandshakeEvent,
  type ServerHandshakeOptions,
} from '@coaio/nbd-protocol';

export interface Outcome {
  readonly client: ClientHandshake;
  readonly server: ServerHandshake;
  readonly clientEvents: readonly ClientHandshakeEvent[];
  readonly serverEvents: readonly ServerHandshakeEvent[];
}

/** Lets both sides talk until neither has anything to say. Bytes travel in pieces of `split`. */
export function shakeHands(
  clientOptions: ClientHandshakeOptions,
  serverOptions: ServerHandshakeOptions,
  split = Number.POSITIVE_INFINITY,
): Outcome {
  const client = new ClientHandshake(clientOptions);
  const server = new ServerHandshake(serverOptions);
  const clientEvents: ClientHandshakeEvent[] = [];
  const serverEvents: ServerHandshakeEvent[] = [];
  for (;;) {
    const moved =
      carry(server.takeOutgoing(), client, clientEvents, split) +
      carry(client.takeOutgoing(), server, serverEvents, split);
    if (moved === 0) return { client, server, clientEvents, serverEvents };
  }
}

interface Receiver<Event> {
  receive(bytes: Uint8Array): void;
  nextEvent(): Event | typeof NEED_MORE;
  tlsStarted(): void;
}

// TLS changes nothing about the bytes inside it, so it is only announced.
function carry<Event extends { type: string }>(
  bytes: Uint8Array,
  to: Receiver<Event>,
  events: Event[],
  split: number,
): number {
  for (let at = 0; at < bytes.length; at += split) {
    to.receive(bytes.subarray(at, at + split));
    for (let event = to.nextEvent(); event !== NEED_MORE; event = to.nextEvent()) {
      events.push(event);
      if (event.type === 'starttls') to.tlsStarted();
    }
  }
  return bytes.length;
}

export const DISK: ExportFacts = {
  name: 'disk',
  description: 'a test disk',
  size: 1n << 40n,
  flags: 0x0dff & ~0x0212,
  blockSize: { minimum: 512, preferred: 65536, maximum: 1 << 25 },
};

/** What a test asks of a client's or server's own: the event of that type. */
export function eventOf<Event extends { type: string }, Type extends Event['type']>(
  events: readonly Event[],
  type: Type,
): Extract<Event, { type: Type }> {
  const found = events.find((event) => event.type === type);
  if (found === undefined) throw new Error(`no ${type} among ${events.map((event) => event.type).join(' ')}`);
  return found as Extract<Event, { type: Type }>;
}

/** A directory of the given exports; the first is also the default export ''. */
export function directoryOf(...facts: readonly ExportFacts[]): ExportDirectory {
  const exports = facts.map(exportInfoFromFlags);
  return {
    list: () => exports,
    find: (name) => (name === '' ? exports[0] : exports.find((entry) => entry.name === name)),
  };
}

/** DISK with contexts to select: two narrow ones of two namespaces, and one that needs 64 bits. */
export const CONTEXTS = ['base:allocation', 'qemu:dirty-bitmap:monday', 'x-wide:count'] as const;

export function directoryWithContexts(): ExportDirectory {
  return {
    ...directoryOf(DISK, { ...DISK, name: 'other' }),
    metaContexts: () => CONTEXTS.map((name) => ({ name, wide: name.startsWith('x-wide') })),
  };
}
