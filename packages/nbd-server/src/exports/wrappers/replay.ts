import { createHash } from 'node:crypto';
import { type Co, coRun } from '@coaio/coroutine';
import { coWork } from '../co-work.js';
import { extentsWork } from '../extents-work.js';
import type { NbdBackend } from '../nbd-backend.js';
import { errorName, type RecordedRequest } from './recorded-request.js';

/** A request that did not end as it had. */
export interface ReplayDifference {
  readonly request: RecordedRequest;
  /** How it ended now: the `code` of an error, `success`, `unsupported`, or `other data`. */
  readonly outcome: string;
}

export interface ReplayResult {
  readonly requests: number;
  readonly differences: readonly ReplayDifference[];
}

/**
 * Does again what was recorded, one request after another in the order in which they began, and compares how each ends.
 * What was read is compared if every write was recorded with its data; a write without it writes zeroes. What was trimmed
 * may read as other data, if the backend is of another kind. Extents are asked for, and not compared.
 *
 * @throws nothing of the backend: its errors are outcomes.
 */
export function replay(recording: Iterable<RecordedRequest>, backend: NbdBackend): Promise<ReplayResult> {
  const requests = [...recording].sort((a, b) => a.seq - b.seq);
  const knowsData = requests.every(({ operation, data }) => operation !== 'write' || data !== undefined);
  return coRun(
    function* (): Co<ReplayResult> {
      const differences: ReplayDifference[] = [];
      for (const request of requests) {
        const outcome = yield* outcomeOf(request, backend, knowsData);
        if (outcome !== (request.error ?? 'success')) differences.push({ request, outcome });
      }
      return { requests: requests.length, differences };
    },
    { name: 'replay' },
  );
}

function* outcomeOf(request: RecordedRequest, backend: NbdBackend, knowsData: boolean): Co<string> {
  try {
    const { operation, length, sha256 } = request;
    if (operation !== 'read') return (yield* repeated(request, backend)) ? 'success' : 'unsupported';
    const target = new Uint8Array(length);
    yield* coWork(backend.read(request.offset, target, { fua: request.fua === true }));
    const isCompared = knowsData && sha256 !== undefined;
    return !isCompared || createHash('sha256').update(target).digest('hex') === sha256
      ? 'success'
      : 'other data';
  } catch (thrown) {
    return errorName(thrown);
  }
}

/** @returns whether the backend has that operation. */
function* repeated(request: RecordedRequest, backend: NbdBackend): Co<boolean> {
  const { operation, offset, length, data, context } = request;
  const { fua = false, mayTrim = false, fast = false, one = false } = request;
  switch (operation) {
    case 'write': {
      if (backend.write === undefined) return false;
      const bytes = data === undefined ? new Uint8Array(length) : new Uint8Array(Buffer.from(data, 'base64'));
      yield* coWork(backend.write(offset, bytes, { fua }));
      return true;
    }
    case 'trim':
      yield* coWork(backend.trim?.(offset, length, { fua }));
      return backend.trim !== undefined;
    case 'writeZeroes':
      yield* coWork(backend.writeZeroes?.(offset, length, { fua, mayTrim, fast }));
      return backend.writeZeroes !== undefined;
    case 'extents': {
      const extents =
        context === undefined ? backend.extents?.bind(backend) : backend.metaContexts?.get(context);
      if (extents !== undefined) {
        yield* coWork(extentsWork(extents(offset, length, { one }), length, { one }));
      }
      return extents !== undefined;
    }
    case 'cache':
      yield* coWork(backend.cache?.(offset, length));
      return backend.cache !== undefined;
    default:
      yield* coWork(backend.flush?.());
      return true;
  }
}
