import {
  DEFAULT_BLOCK_SIZE,
  type ExportInfo,
  exportInfoFromFlags,
  MAX_STRING,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import type { NbdBackend } from './nbd-backend.js';
import { metaContextsViolation, type StatusContext, statusContexts } from './status-contexts.js';
import { transmissionFlags } from './transmission-flags.js';

export interface ExportOptions {
  /** For people who list the exports. */
  description?: string;
  /** Refuse writes that the backend could do. */
  readOnly?: boolean;
  /** For clients inside TLS alone, others do not even see it; for a server whose `tls.policy` is `allow`. */
  tlsRequired?: boolean;
}

/** A backend under a name, checked, with what requests are judged by as plain numbers. */
export interface ServedExport {
  readonly info: ExportInfo;
  readonly backend: NbdBackend;
  readonly size: number;
  readonly readOnly: boolean;
  /** Bits that are 0 in a well aligned offset or length. */
  readonly alignmentMask: number;
  /** Most bytes that one request may read or write. */
  readonly maximum: number;
  readonly statusContexts: readonly StatusContext[];
  readonly tlsRequired: boolean;
}

/**
 * @throws NbdUsageError `NBD_BAD_EXPORT`: the backend or its name is nothing that can be served; `NBD_BAD_ARGUMENT`:
 * its block sizes break the specification.
 */
export function servedExport(
  name: string,
  backend: NbdBackend,
  { description, readOnly: wantsReadOnly = false, tlsRequired = false }: ExportOptions,
): ServedExport {
  checkString(name, 'name', name);
  if (description !== undefined) checkString(name, 'description', description);
  const size = Number(backend.size);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw bad(name, `size ${backend.size} is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  const blockSize = backend.blockSize ?? DEFAULT_BLOCK_SIZE;
  if (blockSize.maximum > DEFAULT_BLOCK_SIZE.maximum) {
    throw bad(
      name,
      `maximum payload ${blockSize.maximum} exceeds the server's limit of ${DEFAULT_BLOCK_SIZE.maximum}`,
    );
  }
  if (size % blockSize.minimum !== 0) {
    throw bad(name, `size ${size} is no multiple of the minimum block size ${blockSize.minimum}`);
  }
  const violation = metaContextsViolation(backend);
  if (violation !== undefined) throw bad(name, violation);
  const readOnly = wantsReadOnly || backend.readOnly === true || backend.write === undefined;
  const info = exportInfoFromFlags({
    name,
    description,
    size: BigInt(size),
    flags: transmissionFlags(backend, readOnly),
    blockSize,
  });
  const { minimum, maximum } = blockSize;
  return {
    info,
    backend,
    size,
    readOnly,
    alignmentMask: minimum - 1,
    maximum,
    statusContexts: statusContexts(backend),
    tlsRequired,
  };
}

function checkString(name: string, what: string, text: string): void {
  const length = Buffer.byteLength(text);
  if (length > MAX_STRING) throw bad(name.slice(0, 32), `${what} of ${length} bytes exceeds ${MAX_STRING}`);
  if (text.includes('\0')) throw bad(name, `${what} contains a NUL character, which NBD does not allow`);
}

function bad(name: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_EXPORT', `export "${name}"`, detail);
}
