import type { Co } from '@coaio/coroutine';
import {
  type ExportInfo,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NbdUsageError,
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
    if (length > 0) yield* this.#connection.request(NBD_CMD_READ, 0, offset, length, buffer);
    return buffer;
  }

  // These are no generators themselves: each level of `yield*` costs a request an object and 8 ns.

  readInto(offset: number | bigint, target: Uint8Array): Co<void> {
    assertBytes('read', target);
    this.#validator.check('read', offset, target.length);
    if (target.length === 0) return nothing();
    return this.#connection.request(NBD_CMD_READ, 0, offset, target.length, target);
  }

  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Co<void> {
    assertBytes('write', data);
    const fua = options?.fua === true;
    this.#validator.check('write', offset, data.length, fua);
    if (data.length === 0) return nothing();
    return this.#connection.request(NBD_CMD_WRITE, fua ? NBD_CMD_FLAG_FUA : 0, offset, data.length, data);
  }

  flush(): Co<void> {
    this.#validator.check('flush', 0, 0);
    return this.#connection.request(NBD_CMD_FLUSH, 0, 0, 0, null);
  }

  /** @internal The end of {@link NbdClient.close}. */
  disconnect(): Co<void> {
    return this.#connection.disconnect();
  }
}

/** The specification leaves requests of no bytes undefined, so they are not sent. */
function* nothing(): Co<void> {}

/** For callers without types: a string, or numbers of 16 bits, would be cut to something else. */
function assertBytes(operation: string, value: Uint8Array): void {
  if (ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1) return;
  throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, `a ${typeof value} is no Uint8Array`);
}
