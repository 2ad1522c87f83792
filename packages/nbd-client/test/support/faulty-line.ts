import type { Co } from '@coaio/coroutine';
import type { QIOChannelPair } from '@coaio/qio-channel';

/** What a server does once so many bytes have left: it is gone, or it says nothing more. */
export interface Fault {
  readonly after: number;
  readonly kind: 'cut' | 'stall';
}

/** The server has gone the way of its fault. */
export class LineFault extends Error {}

/** A server's end of a line, which fails after a given byte. */
export class FaultyLine {
  readonly channel: QIOChannelPair;
  sent = 0;
  readonly #fault: Fault | null;
  #isSilent = false;

  constructor(channel: QIOChannelPair, fault: Fault | null) {
    this.channel = channel;
    this.#fault = fault;
  }

  /** @throws LineFault */
  *send(bytes: Uint8Array): Co<void> {
    if (this.#isSilent) throw new LineFault('silent');
    const left = (this.#fault?.after ?? Number.POSITIVE_INFINITY) - this.sent;
    const part = bytes.length < left ? bytes : bytes.subarray(0, Math.max(left, 0));
    if (part.length > 0) yield* this.channel.writevAll([part]);
    this.sent += part.length;
    if (bytes.length < left) return;
    yield* this.#fail();
  }

  /** From now on the peer hears nothing, and learns nothing. */
  silence(): void {
    this.#isSilent = true;
  }

  *#fail(): Co<void> {
    if (this.#fault?.kind === 'cut') this.channel.close();
    else {
      this.silence();
      const bytes = new Uint8Array(4096);
      while ((yield* this.channel.readv([bytes])) > 0);
    }
    throw new LineFault(this.#fault?.kind);
  }
}
