import {
  DEFAULT_BLOCK_SIZE,
  type ExportInfo,
  exportInfoFromFlags,
  MAX_STRING,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import { checkOptions, type OptionTypes } from '../option-checks.js';
import { BackendRequests } from './backend-requests.js';
import { checkedSize } from './checked-size.js';
import type { NbdBackend } from './nbd-backend.js';
import { metaContextsViolation, type StatusContext, statusContexts } from './status-contexts.js';
import { transmissionFlags } from './transmission-flags.js';

export interface ExportOptions {
  /** For people who list the exports. */
  description?: string | undefined;
  /** Refuse writes that the backend could do. */
  readOnly?: boolean | undefined;
  /** For clients inside TLS alone, others do not even see it; for a server whose `tls.policy` is `allow`. */
  tlsRequired?: boolean | undefined;
}

const TYPES: OptionTypes<ExportOptions> = {
  description: 'string',
  readOnly: 'boolean',
  tlsRequired: 'boolean',
};

/** A backend under a name, checked, with what requests are judged by as plain numbers. */
export interface ServedExport {
  /** Replaced by {@link resizeServed}. */
  info: ExportInfo;
  readonly backend: NbdBackend;
  /** What every request is judged by; changed by {@link resizeServed}. */
  size: number;
  readonly readOnly: boolean;
  /** Bits that are 0 in a well aligned offset or length. */
  readonly alignmentMask: number;
  /** Most bytes that one request may read or write. */
  readonly maximum: number;
  readonly statusContexts: readonly StatusContext[];
  readonly tlsRequired: boolean;
  /** Who receives a payload straight into the memory of the backend, and has to stop when that may be no longer its. */
  readonly landings: Set<{ interrupt(): void }>;
  readonly requests: BackendRequests;
}

const METHODS = [
  'read',
  'view',
  'write',
  'landing',
  'flush',
  'trim',
  'writeZeroes',
  'cache',
  'extents',
  'close',
] as const satisfies readonly (keyof NbdBackend)[];

/**
 * @throws NbdUsageError `NBD_BAD_EXPORT`: the backend or its name is nothing that can be served; `NBD_BAD_ARGUMENT`:
 * an option, or its block sizes break the specification.
 */
export function servedExport(name: string, backend: NbdBackend, options: ExportOptions): ServedExport {
  checkString(name, 'name', name);
  checkOptions(`export "${name}"`, '', TYPES, options);
  const { description, readOnly: wantsReadOnly = false, tlsRequired = false } = options;
  checkBackend(name, backend);
  if (description !== undefined) checkString(name, 'description', description);
  const blockSize = backend.blockSize ?? DEFAULT_BLOCK_SIZE;
  if (blockSize.maximum > DEFAULT_BLOCK_SIZE.maximum) {
    throw bad(
      name,
      `maximum payload ${blockSize.maximum} exceeds the server's limit of ${DEFAULT_BLOCK_SIZE.maximum}`,
    );
  }
  const size = sizeOf(name, backend, blockSize.minimum);
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
    landings: new Set(),
    requests: new BackendRequests(),
  };
}

/**
 * Takes the size that the backend has now: clients that come are told it, requests of those that are here are judged by it.
 * @throws NbdUsageError `NBD_BAD_EXPORT`: no size; then nothing has changed.
 */
export function resizeServed(served: ServedExport): void {
  const size = sizeOf(served.info.name, served.backend, served.alignmentMask + 1);
  served.info = { ...served.info, size: BigInt(size) };
  served.size = size;
  for (const landing of [...served.landings]) landing.interrupt();
}

function sizeOf(name: string, backend: NbdBackend, minimum: number): number {
  const size = checkedSize(`export "${name}"`, backend.size);
  if (size % minimum === 0) return size;
  throw bad(name, `size ${size} is no multiple of the minimum block size ${minimum}`);
}

/** As a caller without types may give it: what is no function would fail each request, or not be asked. */
function checkBackend(name: string, backend: NbdBackend): void {
  if (typeof backend !== 'object' || backend === null) throw bad(name, 'the backend is no object');
  for (const method of METHODS) {
    const type = typeof backend[method];
    if (type === 'function' || (type === 'undefined' && method !== 'read')) continue;
    throw bad(name, `"${method}" of the backend is of type ${type}, not function`);
  }
}

function checkString(name: string, what: string, text: string): void {
  if (typeof text !== 'string') throw bad(String(name), `the ${what} is of type ${typeof text}, not string`);
  const length = Buffer.byteLength(text);
  if (length > MAX_STRING) throw bad(name.slice(0, 32), `${what} of ${length} bytes exceeds ${MAX_STRING}`);
  if (text.includes('\0')) throw bad(name, `${what} contains a NUL character, which NBD does not allow`);
}

function bad(name: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_EXPORT', `export "${name}"`, detail);
}
