import { BroadcastChannel } from 'node:worker_threads';
import { type ErrorRecord, toErrorRecord } from '@coaio/aio-context/shared';
import { type NbdClientEvent, tell } from '../nbd-client-event.js';
import type { NbdClientHandle } from './client-handle.js';
import { fromCrossedError } from './crossed-error.js';

/** Events on their way to views, which hear of those that come while they listen. */
export class CrossedEvents {
  readonly #channel: BroadcastChannel;

  constructor(handle: NbdClientHandle) {
    this.#channel = eventsOf(handle);
  }

  tell(event: NbdClientEvent): void {
    this.#channel.postMessage('error' in event ? { ...event, error: toErrorRecord(event.error) } : event);
  }

  close(): void {
    this.#channel.close();
  }
}

/** Tells `onEvent` of them in this thread, which is not kept alive by that. @returns what ends it. */
export function onCrossedEvent(
  handle: NbdClientHandle,
  onEvent: (event: NbdClientEvent) => void,
): () => void {
  const channel = eventsOf(handle);
  channel.onmessage = (message) => {
    const { data } = message as { data: NbdClientEvent };
    const event = 'error' in data ? { ...data, error: fromCrossedError(data.error as ErrorRecord) } : data;
    tell({ onEvent }, event);
  };
  // Setting `onmessage` has made it hold the thread again.
  unref(channel);
  return () => channel.close();
}

function eventsOf(handle: NbdClientHandle): BroadcastChannel {
  const channel = new BroadcastChannel(`${handle.inboxes} events`);
  unref(channel);
  return channel;
}

function unref(channel: BroadcastChannel): void {
  (channel as unknown as { unref(): void }).unref();
}
