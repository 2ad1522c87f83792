// The other side of IOThread: a worker whose home is a context of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { AioContext } from '../aio-context.js';
import { AioContextError } from '../aio-context-error.js';
import { setHomeContext } from '../current-context.js';
import { joinThreads } from '../shared/this-thread.js';
import { toErrorRecord } from './error-record.js';
import type { IOThreadReply, IOThreadRequest, IOThreadWorkerData } from './messages.js';

const { name, pollParams } = (workerData as IOThreadWorkerData).coaioIOThread;
const context = new AioContext({ name });
setHomeContext(context);
joinThreads().rename(name);
context.setPollParams(pollParams);

// Runs that were not answered yet.
const underWay = new Set<number>();

function reply(message: IOThreadReply): void {
  parentPort?.postMessage(message);
}

async function importModule(url: string): Promise<Record<string, unknown>> {
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (cause) {
    throw new AioContextError('IOTHREAD_BAD_ENTRY', `run: ${url} cannot be imported`, { cause });
  }
}

async function runEntry(request: IOThreadRequest & { type: 'run' }): Promise<unknown> {
  const module = await importModule(request.moduleUrl);
  const entry = module[request.exportName];
  if (typeof entry !== 'function') {
    throw new AioContextError(
      'IOTHREAD_BAD_ENTRY',
      `run: "${request.exportName}" of ${request.moduleUrl} is ${entry === undefined ? 'not exported' : 'no function'}`,
    );
  }
  return await context.run(() => entry(...request.args) as unknown);
}

parentPort?.on('message', (request: IOThreadRequest) => {
  if (request.type === 'stop') {
    // Behind what is scheduled already; and what that has thrown is told first.
    context.scheduleOneshot(() => setImmediate(() => process.exit(0)), 'stop');
    return;
  }
  if (request.type === 'poll-params') {
    context.setPollParams(request.params);
    return;
  }
  if (request.type === 'count') {
    reply({ type: 'under-way', before: request.before, ids: [...underWay] });
    return;
  }
  const { id } = request;
  underWay.add(id);
  runEntry(request)
    // In one step with the reply, so that a value that cannot be cloned fails the run it belongs to.
    .then((value) => reply({ type: 'ended', id, value }))
    .catch((error: unknown) => reply({ type: 'failed', id, error: toErrorRecord(error) }))
    .finally(() => underWay.delete(id));
});

// Nobody knows what it was: the other side counts its runs.
parentPort?.on('messageerror', () => reply({ type: 'unreadable' }));

reply({ type: 'started', context: context.handle });
