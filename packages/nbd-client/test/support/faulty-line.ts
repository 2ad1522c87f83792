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
  /** Nothing is done for this peer any more. */
  isDead = false;
  readonly #fault: Fault | null;

  constructor(channel: QIOChannelPair, fault: Fault | null) {
    this.channel = channel;
    this.#fault = fault;
  }

  /** @throws LineFault */
  *send(bytes: Uint8Array): Co<void> {
    if (this.isDead) return;
    const left = (this.#fault?.after ?? Number.POSITIVE_INFINITY) - this.sent;
    const part = bytes.length < left ? bytes : bytes.subarray(0, Math.max(left, 0));
    if (part.length > 0) yield* this.channel.writevAll([part]);
    this.sent += part.length;
    if (bytes.length < left) return;
    yield* this.#fail();
  }

  /** From now on the peer hears nothing, not even that its server is gone. */
  silence(): void {
    this.isDead = true;
  }

  /** Its server is gone. A peer that hears nothing does not hear that. */
  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.channel.close();
  }

  *#fail(): Co<void> {
    if (this.#fault?.kind === 'cut') this.channel.close();
    this.isDead = true;
    const bytes = new Uint8Array(4096);
    if (this.#fault?.kind === 'stall') while ((yield* this.channel.readv([bytes])) > 0);
    throw new LineFault(this.#fault?.kind);
  }
}
