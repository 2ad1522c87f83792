import { type ExportInfo, NbdUsageError } from '@coaio/nbd-protocol';
import { describeRequest } from '../nbd-client-error.js';

/** Checks before sending. Each may be switched off, to see what a server makes of it. All are on by default. */
export interface StrictOptions {
  /** A range must lie within the export. */
  bounds?: boolean;
  /** Offset and length must be multiples of the minimum block size; the end of the export is exempt. */
  alignment?: boolean;
  /** A payload must not exceed the server's maximum. */
  payload?: boolean;
  /** A command must be one that the export offers: no write to a read-only one, no flush where there is none. */
  commands?: boolean;
  /** A flag must be one that the export offers. */
  flags?: boolean;
}

/** What {@link RequestValidator.check} is asked about. */
export type CheckedOperation = 'read' | 'write' | 'flush';

/** The strict checks for one export. Nothing is sent when one of them throws an NbdUsageError. */
export class RequestValidator {
  readonly #export: ExportInfo;
  readonly #strict: Required<StrictOptions>;
  /** Beyond 2^53 every safe integer is in bounds. */
  readonly #size: number;

  constructor(exportInfo: ExportInfo, strict: StrictOptions = {}) {
    this.#export = exportInfo;
    this.#strict = { bounds: true, alignment: true, payload: true, commands: true, flags: true, ...strict };
    this.#size =
      exportInfo.size > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Number(exportInfo.size);
  }

  check(operation: CheckedOperation, offset: number | bigint, length: number, fua = false): void {
    this.#checkArguments(operation, offset, length);
    const strict = this.#strict;
    if (strict.commands) this.#checkCommand(operation);
    if (strict.flags && fua && !this.#export.canFua) {
      refuse('NBD_NOT_OFFERED', operation, 'the server does not offer FUA (NBD_FLAG_SEND_FUA)');
    }
    if (strict.bounds) this.#checkBounds(operation, offset, length);
    if (strict.payload && length > this.#export.blockSize.maximum) {
      refuse(
        'NBD_TOO_LARGE',
        operation,
        `${length} bytes exceed the server's maximum of ${this.#export.blockSize.maximum} (NBD_INFO_BLOCK_SIZE)`,
      );
    }
    if (strict.alignment && this.#export.blockSize.minimum > 1)
      this.#checkAlignment(operation, offset, length);
  }

  #checkArguments(operation: CheckedOperation, offset: number | bigint, length: number): void {
    if (typeof offset !== 'number' && typeof offset !== 'bigint') {
      refuse('NBD_BAD_ARGUMENT', operation, `offset of type ${typeof offset} is not a number or bigint`);
    }
    if (
      typeof offset === 'number'
        ? !Number.isSafeInteger(offset) || offset < 0
        : offset < 0n || offset >> 64n !== 0n
    ) {
      refuse('NBD_BAD_ARGUMENT', operation, `offset ${offset} is not a safe integer or bigint from 0 on`);
    }
    if (!Number.isInteger(length) || length < 0 || length > 0xffffffff) {
      refuse('NBD_BAD_ARGUMENT', operation, `length ${length} is not an integer from 0 to ${0xffffffff}`);
    }
  }

  #checkCommand(operation: CheckedOperation): void {
    if (operation === 'write' && this.#export.readOnly) {
      refuse('NBD_READ_ONLY', operation, `export "${this.#export.name}" is read-only`);
    }
    if (operation === 'flush' && !this.#export.canFlush) {
      refuse('NBD_NOT_OFFERED', operation, 'the server does not offer it (NBD_FLAG_SEND_FLUSH)');
    }
  }

  #checkBounds(operation: CheckedOperation, offset: number | bigint, length: number): void {
    const inside =
      typeof offset === 'number'
        ? offset + length <= this.#size
        : offset + BigInt(length) <= this.#export.size;
    if (!inside) {
      refuse(
        'NBD_OUT_OF_BOUNDS',
        operation,
        `${length} bytes at ${offset} go past the end of the export at ${this.#export.size}`,
      );
    }
  }

  #checkAlignment(operation: CheckedOperation, offset: number | bigint, length: number): void {
    const minimum = this.#export.blockSize.minimum;
    const end = BigInt(offset) + BigInt(length);
    const aligned = (value: bigint): boolean => value % BigInt(minimum) === 0n;
    if (aligned(BigInt(offset)) && (aligned(end) || end === this.#export.size)) return;
    refuse(
      'NBD_UNALIGNED',
      operation,
      `${describeRequest({ operation, offset, length })} is not aligned to the server's minimum block size ${minimum}`,
    );
  }
}

function refuse(code: `NBD_${string}`, operation: CheckedOperation, detail: string): never {
  throw new NbdUsageError(code, operation, detail);
}
