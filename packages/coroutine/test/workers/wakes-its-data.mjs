// A worker of the user, whose thread has no context.
import { parentPort, workerData } from 'node:worker_threads';
import { getCurrentAioContext } from '@coaio/aio-context';
import { aioCoWake, Coroutine } from '@coaio/coroutine';

aioCoWake(Coroutine.attach(workerData));
parentPort?.postMessage(getCurrentAioContext()?.name);
