import type { RequestOptions } from '../requests/request-options.js';

export interface WriteOptions extends RequestOptions {
  /** Answer only once the data is on stable storage (`NBD_CMD_FLAG_FUA`). */
  fua?: boolean | undefined;
}

export interface WriteZeroesOptions extends WriteOptions {
  /** Keep the storage of the range (`NBD_CMD_FLAG_NO_HOLE`). */
  noHole?: boolean | undefined;
  /** Fail with `ENOTSUP` if this is no faster than to write zeroes (`NBD_CMD_FLAG_FAST_ZERO`). */
  fast?: boolean | undefined;
}

export interface BlockStatusOptions extends RequestOptions {
  /** Names of metadata contexts; default: all that were negotiated. */
  contexts?: readonly string[] | undefined;
  /** One extent for each is enough (`NBD_CMD_FLAG_REQ_ONE`). */
  one?: boolean | undefined;
}
