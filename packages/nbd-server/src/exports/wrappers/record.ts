import { createHash } from 'node:crypto';
import { type Clock, realtimeClock, throwUncaught } from '@coaio/aio-context';
import type { Co } from '@coaio/coroutine';
import { coWork, isDone } from '../co-work.js';
import { takenExtents } from '../extents-work.js';
import type { NbdBackend, NbdExtent, NbdWork } from '../nbd-backend.js';
import { errorName, type RecordedRequest } from './recorded-request.js';
import { type BackendCall, wrapBackend } from './wrap-backend.js';

export interface RecordOptions {
  /** What to keep of what is read and written; default `hash`. Only a recording with `data` can be replayed to the byte. */
  payload?: 'none' | 'hash' | 'data';
  /** For the times; default: real time. */
  clock?: Clock;
}

/**
 * `backend`, and `sink` is told of each call once it has ended. What the sink throws is uncaught, and does no harm to the
 * request.
 */
export function record(
  backend: NbdBackend,
  sink: (request: RecordedRequest) => void,
  options: RecordOptions = {},
): NbdBackend {
  const { payload = 'hash', clock = realtimeClock } = options;
  let begun = 0;
  return wrapBackend(backend, <T>(call: BackendCall, run: () => NbdWork<T>, data: Uint8Array | null) => {
    const seq = begun++;
    const startNs = clock.nowNs();
    // Before it runs: the memory of a write is used again once it has ended.
    const written = call.operation === 'write' ? digest(data, payload) : {};
    const ended = (more: Partial<RecordedRequest>): void => {
      try {
        sink({ seq, ...call, startNs, endNs: clock.nowNs(), ...written, ...more });
      } catch (thrown) {
        throwUncaught(thrown);
      }
    };
    const succeeded = (result: T): T => {
      if (call.operation !== 'extents') {
        ended(call.operation === 'read' ? digest(data, payload) : {});
        return result;
      }
      // It may be an iterable that can be gone through only once, or has no end.
      const extents = takenExtents(result as Iterable<NbdExtent>, call.length, { one: call.one === true });
      ended({ extents: extents.map(({ length, status }) => [length, String(status)]) });
      return extents as T;
    };
    const failed = (thrown: unknown): never => {
      ended({ error: errorName(thrown) });
      throw thrown;
    };
    let work: NbdWork<T>;
    try {
      work = run();
    } catch (thrown) {
      return failed(thrown);
    }
    return isDone(work) ? succeeded(work) : recorded(work, succeeded, failed);
  });
}

function* recorded<T>(
  work: NbdWork<T>,
  succeeded: (result: T) => T,
  failed: (thrown: unknown) => never,
): Co<T> {
  let result: T;
  try {
    result = yield* coWork(work);
  } catch (thrown) {
    return failed(thrown);
  }
  return succeeded(result);
}

function digest(
  bytes: Uint8Array | null,
  payload: 'none' | 'hash' | 'data',
): Pick<RecordedRequest, 'sha256' | 'data'> {
  if (bytes === null || payload === 'none') return {};
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return payload === 'hash' ? { sha256 } : { sha256, data: Buffer.from(bytes).toString('base64') };
}
