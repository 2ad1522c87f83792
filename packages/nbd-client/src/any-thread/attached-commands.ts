import type { Co } from '@coaio/coroutine';
import {
  type ExportInfo,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import type { WriteOptions } from '../co-nbd-client.js';
import { checkRequestOptions, type RequestOptions } from '../requests/request-options.js';
import type { ClientCommands } from './client-commands.js';
import type { ClientView } from './client-view.js';

/**
 * The commands of another thread's client. Whether they can be, that thread says; here is seen to only what could not be
 * written in a request's words.
 */
export class AttachedCommands implements ClientCommands {
  readonly #view: ClientView;

  constructor(view: ClientView) {
    this.#view = view;
  }

  get info(): ExportInfo {
    return this.#view.handle.info;
  }

  *read(offset: number | bigint, length: number, options?: RequestOptions): Co<Buffer> {
    check('read', offset, length, options);
    const buffer = allocated(length);
    yield* this.#view.call(NBD_CMD_READ, 0, offset, length, buffer, options);
    return buffer;
  }

  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Co<void> {
    assertBytes('read', target);
    check('read', offset, target.length, options);
    return this.#view.call(NBD_CMD_READ, 0, offset, target.length, target, options) as Co<void>;
  }

  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions & RequestOptions): Co<void> {
    assertBytes('write', data);
    check('write', offset, data.length, options);
    const flags = options?.fua === true ? NBD_CMD_FLAG_FUA : 0;
    return this.#view.call(NBD_CMD_WRITE, flags, offset, data.length, data, options) as Co<void>;
  }

  flush(options?: RequestOptions): Co<void> {
    check('flush', 0, 0, options);
    return this.#view.call(NBD_CMD_FLUSH, 0, 0, 0, null, options) as Co<void>;
  }

  close(): Promise<void> {
    return this.#view.close();
  }
}

function check(
  operation: string,
  offset: number | bigint,
  length: number,
  options: RequestOptions | undefined,
): void {
  const type = typeof offset;
  if (type !== 'number' && type !== 'bigint') {
    refuse(operation, `offset of type ${type} is not a number or bigint`);
  }
  const valid =
    typeof offset === 'number'
      ? Number.isSafeInteger(offset) && offset >= 0
      : offset >= 0n && offset >> 64n === 0n;
  if (!valid) refuse(operation, `offset ${offset} is not a safe integer or bigint from 0 on`);
  if (!Number.isSafeInteger(length) || length < 0) {
    refuse(operation, `length ${length} is not an integer from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  if (options !== undefined) checkRequestOptions(operation, options);
}

function assertBytes(operation: string, value: Uint8Array): void {
  if (ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1) return;
  refuse(operation, `a ${typeof value} is no Uint8Array`);
}

function allocated(length: number): Buffer {
  try {
    return Buffer.allocUnsafe(length);
  } catch {
    throw new NbdUsageError(
      'NBD_TOO_LARGE',
      'read',
      `${length} bytes are more than Node can have in one buffer`,
    );
  }
}

function refuse(operation: string, detail: string): never {
  throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}
