import { NbdUsageError } from '@coaio/nbd-protocol';
import type { QIOChannel } from '@coaio/qio-channel';

/** A channel that the caller has opened: there is one, and no way to make another. */
export class GivenChannel {
  /** It may be given a second time, to another client. */
  static readonly #used = new WeakSet<QIOChannel>();
  #channel: QIOChannel | null;

  constructor(channel: QIOChannel | null) {
    this.#channel = channel;
  }

  /** @throws NbdUsageError `NBD_CANNOT_RECONNECT`: it has been taken. */
  take(): QIOChannel {
    const channel = this.#channel;
    if (channel === null || GivenChannel.#used.has(channel)) {
      throw new NbdUsageError(
        'NBD_CANNOT_RECONNECT',
        'connect',
        'the channel was opened by the caller, and has been used: give a uri, an address, or what opens a channel',
      );
    }
    this.#channel = null;
    GivenChannel.#used.add(channel);
    return channel;
  }
}
