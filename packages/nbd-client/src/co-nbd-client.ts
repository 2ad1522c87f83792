import type { Co } from '@coaio/coroutine';
import {
  type ExportInfo,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
} from '@coaio/nbd-protocol';
import type { Connection } from './connection.js';
import { RequestValidator, type StrictOptions } from './requests/validate-request.js';

export interface WriteOptions {
  /** Answer only once the data is on stable storage (`NBD_CMD_FLAG_FUA`). */
  fua?: boolean;
}

/**
 * The commands of a client for use inside coroutines, with `yield*`: no promise and no microtask on the way.
 * See {@link NbdClient} for what they do.
 */
export class CoNbdClient {
  readonly #connection: Connection;
  readonly #validator: RequestValidator;
  #unflushed = false;

  /** @internal */
  constructor(connection: Connection, strict: StrictOptions | undefined) {
    this.#connection = connection;
    this.#validator = new RequestValidator(connection.export, strict);
  }

  get info(): ExportInfo {
    return this.#connection.export;
  }

  *read(offset: number | bigint, length: number): Co<Buffer> {
    this.#validator.check('read', offset, length);
    // Not zeroed: a read succeeds only when each byte of it was sent.
    const buffer = Buffer.allocUnsafe(length);
    yield* this.#readInto(offset, buffer);
    return buffer;
  }

  *readInto(offset: number | bigint, target: Uint8Array): Co<void> {
    this.#validator.check('read', offset, target.length);
    yield* this.#readInto(offset, target);
  }

  *write(offset: number | bigint, data: Uint8Array, options: WriteOptions = {}): Co<void> {
    const { fua = false } = options;
    this.#validator.check('write', offset, data.length, fua);
    if (data.length === 0) return;
    if (!fua) this.#unflushed = true;
    yield* this.#connection.request(NBD_CMD_WRITE, fua ? NBD_CMD_FLAG_FUA : 0, offset, data.length, data);
  }

  *flush(): Co<void> {
    this.#validator.check('flush', 0, 0);
    // Before it is sent: a write that comes meanwhile is not covered.
    this.#unflushed = false;
    try {
      yield* this.#connection.request(NBD_CMD_FLUSH, 0, 0, 0, null);
    } catch (error) {
      this.#unflushed = true;
      throw error;
    }
  }

  /** @internal The end of {@link NbdClient.close}. */
  *disconnect(): Co<void> {
    yield* this.#connection.disconnect(() => this.#unflushed && this.info.canFlush);
  }

  *#readInto(offset: number | bigint, target: Uint8Array): Co<void> {
    // The specification leaves a length of 0 undefined, so it does not go out.
    if (target.length === 0) return;
    yield* this.#connection.request(NBD_CMD_READ, 0, offset, target.length, target);
  }
}
