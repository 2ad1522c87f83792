import { throwUncaught } from '@coaio/aio-context';
import { aioCoKick, type Coroutine } from '@coaio/coroutine';
import {
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  ReadCoverage,
  type RequestHeader,
} from '@coaio/nbd-protocol';
import type { RequestDescription } from '../nbd-client-error.js';

const OPERATIONS = new Map([
  [NBD_CMD_READ, 'read'],
  [NBD_CMD_WRITE, 'write'],
  [NBD_CMD_FLUSH, 'flush'],
]);

/**
 * A slot for one request on the wire; used again for later ones. It is the header that is sent: the low half of the
 * cookie is the slot's index, the high half counts its uses, so that a late reply is not taken for a new one's.
 */
export class InFlightRequest implements RequestHeader {
  flags = 0;
  type = 0;
  cookieHigh = 0;
  readonly cookieLow: number;
  offsetHigh = 0;
  offsetLow = 0;
  length = 0;

  /** How many writes were answered before it was sent: what a flush covers. */
  writesBefore = 0;
  /** Where a read's data goes. */
  target: Uint8Array | null = null;
  readonly coverage = new ReadCoverage();
  /** Waits for the answer; null while the slot is free. */
  waiter: Coroutine | null = null;
  settled = true;
  /** The first error of the reply. */
  error: Error | null = null;

  constructor(index: number) {
    this.cookieLow = index;
  }

  begin(type: number, flags: number, offset: number | bigint, length: number, waiter: Coroutine): void {
    this.type = type;
    this.flags = flags;
    this.cookieHigh = (this.cookieHigh + 1) >>> 0;
    if (typeof offset === 'number') {
      this.offsetHigh = Math.floor(offset / 2 ** 32);
      this.offsetLow = offset >>> 0;
    } else {
      this.offsetHigh = Number(offset >> 32n);
      this.offsetLow = Number(offset & 0xffffffffn);
    }
    this.length = length;
    this.waiter = waiter;
    this.settled = false;
    this.error = null;
    if (type === NBD_CMD_READ) this.coverage.begin(length);
  }

  /** A reply's offset, counted from the start of the request; out of its range if the server errs. */
  relative(offsetHigh: number, offsetLow: number): number {
    return (offsetHigh - this.offsetHigh) * 2 ** 32 + (offsetLow - this.offsetLow);
  }

  settle(): void {
    const { waiter } = this;
    this.settled = true;
    this.waiter = null;
    this.target = null;
    if (waiter === null) return;
    try {
      aioCoKick(waiter);
    } catch (error) {
      // Outside a coroutine it runs at once, and what it throws must not keep the others from being settled.
      throwUncaught(error);
    }
  }

  describe(): RequestDescription {
    const offset = (BigInt(this.offsetHigh) << 32n) | BigInt(this.offsetLow);
    return {
      operation: OPERATIONS.get(this.type) ?? `command ${this.type}`,
      offset: offset <= Number.MAX_SAFE_INTEGER ? Number(offset) : offset,
      length: this.length,
    };
  }
}
