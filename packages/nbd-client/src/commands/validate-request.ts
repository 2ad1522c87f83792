import { type ExportInfo, NbdUsageError } from '@coaio/nbd-protocol';
import { describeRequest, type NbdOperation } from '../nbd-client-error.js';
import { kindOf } from '../option-checks.js';

/** What is checked, or seen to, before sending. Each may be switched off, to see what a server makes of it. All are on by default. */
export interface StrictOptions {
  /** A range must lie within the export. */
  bounds?: boolean | undefined;
  /**
   * Offset and length must be multiples of the minimum block size; the end of the export is exempt. A read is widened to what it
   * has to be, a write is with the option `readModifyWrite`.
   */
  alignment?: boolean | undefined;
  /** What exceeds the server's maximum is sent in several requests. */
  payload?: boolean | undefined;
  /** A command must be one that the export offers: no write to a read-only one, no flush where there is none. */
  commands?: boolean | undefined;
  /** A flag must be one that the export offers. */
  flags?: boolean | undefined;
}

/** What each command needs the export to offer, in its words and in ours. */
const OFFERS: Readonly<Record<NbdOperation, readonly [keyof ExportInfo, string] | null>> = {
  read: null,
  write: null,
  flush: ['canFlush', 'NBD_FLAG_SEND_FLUSH'],
  trim: ['canTrim', 'NBD_FLAG_SEND_TRIM'],
  writeZeroes: ['canWriteZeroes', 'NBD_FLAG_SEND_WRITE_ZEROES'],
  cache: ['canCache', 'NBD_FLAG_SEND_CACHE'],
  blockStatus: null,
};

/** The strict checks for one export. Nothing is sent when one of them throws an NbdUsageError. */
export class RequestValidator {
  readonly strict: { readonly [Key in keyof StrictOptions]-?: boolean };
  readonly #export: () => ExportInfo;

  /** @param exportInfo asked each time: it may change with a reconnect */
  constructor(exportInfo: () => ExportInfo, strict: StrictOptions = {}) {
    this.#export = exportInfo;
    const { bounds = true, alignment = true, payload = true, commands = true, flags = true } = strict;
    this.strict = { bounds, alignment, payload, commands, flags };
  }

  check(operation: NbdOperation, offset: number | bigint, length: number): void {
    checkRange(operation, offset, length);
    if (this.strict.commands) this.#checkCommand(operation);
    if (this.strict.bounds) this.#checkBounds(operation, offset, length);
  }

  checkFua(operation: NbdOperation): void {
    if (!this.strict.flags || this.#export().canFua) return;
    refuse('NBD_NOT_OFFERED', operation, 'the server does not offer FUA (NBD_FLAG_SEND_FUA)');
  }

  checkFastZero(): void {
    if (!this.strict.flags || this.#export().canFastZero) return;
    refuse(
      'NBD_NOT_OFFERED',
      'writeZeroes',
      'the server does not offer fast zeroes (NBD_FLAG_SEND_FAST_ZERO)',
    );
  }

  checkDf(): void {
    if (!this.strict.flags || this.#export().canDf) return;
    refuse('NBD_NOT_OFFERED', 'read', 'the server does not offer reads in one piece (NBD_FLAG_SEND_DF)');
  }

  /** Whether the range may be sent as it is. */
  isAligned(offset: number | bigint, length: number): boolean {
    const { blockSize, size } = this.#export();
    const { minimum } = blockSize;
    if (minimum === 1 || !this.strict.alignment) return true;
    if (typeof offset === 'number' && offset + length <= Number.MAX_SAFE_INTEGER) {
      const end = offset + length;
      return offset % minimum === 0 && (end % minimum === 0 || BigInt(end) === size);
    }
    const start = BigInt(offset);
    const end = start + BigInt(length);
    return start % BigInt(minimum) === 0n && (end % BigInt(minimum) === 0n || end === size);
  }

  refuseUnaligned(operation: NbdOperation, offset: number | bigint, length: number): never {
    const { minimum } = this.#export().blockSize;
    const what = describeRequest({ operation, offset, length });
    refuse(
      'NBD_UNALIGNED',
      operation,
      `${what} is not aligned to the server's minimum block size ${minimum}`,
    );
  }

  #checkCommand(operation: NbdOperation): void {
    const info = this.#export();
    if (info.readOnly && (operation === 'write' || operation === 'trim' || operation === 'writeZeroes')) {
      refuse('NBD_READ_ONLY', operation, `export "${info.name}" is read-only`);
    }
    const offer = OFFERS[operation];
    if (offer !== null && info[offer[0]] !== true) {
      refuse('NBD_NOT_OFFERED', operation, `the server does not offer it (${offer[1]})`);
    }
  }

  #checkBounds(operation: NbdOperation, offset: number | bigint, length: number): void {
    const { size } = this.#export();
    // Both are exact up to 2^53, and beyond it every safe integer is in bounds.
    const inside =
      typeof offset === 'number' ? offset + length <= Number(size) : offset + BigInt(length) <= size;
    if (inside) return;
    refuse(
      'NBD_OUT_OF_BOUNDS',
      operation,
      `${length} bytes at ${offset} go past the end of the export at ${size}`,
    );
  }
}

/** Whether it is a range at all, of whatever export. @throws NbdUsageError `NBD_BAD_ARGUMENT`. */
export function checkRange(operation: NbdOperation, offset: number | bigint, length: number): void {
  checkOffset(operation, offset);
  if (!Number.isSafeInteger(length) || length < 0) {
    const limit = Number.MAX_SAFE_INTEGER;
    refuse('NBD_BAD_ARGUMENT', operation, `length ${length} is not an integer from 0 to ${limit}`);
  }
}

/** For callers without types: a string, or numbers of 16 bits, would be cut to something else. */
export function assertBytes(operation: string, value: Uint8Array): void {
  if (ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1) return;
  throw new NbdUsageError('NBD_BAD_ARGUMENT', operation, `${className(value)} is no Uint8Array`);
}

/** As a caller without types would call it: `an Array`, `a Uint16Array`. */
function className(value: unknown): string {
  if (typeof value !== 'object' || value === null) return kindOf(value);
  const name = value.constructor?.name || 'Object';
  return /^[AEIO]/.test(name) ? `an ${name}` : `a ${name}`;
}

function checkOffset(operation: NbdOperation, offset: number | bigint): void {
  const type = typeof offset;
  if (type !== 'number' && type !== 'bigint') {
    refuse('NBD_BAD_ARGUMENT', operation, `offset of type ${type} is not a number or bigint`);
  }
  const valid =
    typeof offset === 'number'
      ? Number.isSafeInteger(offset) && offset >= 0
      : offset >= 0n && offset >> 64n === 0n;
  if (!valid) {
    refuse('NBD_BAD_ARGUMENT', operation, `offset ${offset} is not a safe integer or bigint from 0 on`);
  }
}

function refuse(code: `NBD_${string}`, operation: NbdOperation, detail: string): never {
  throw new NbdUsageError(code, operation, detail);
}
