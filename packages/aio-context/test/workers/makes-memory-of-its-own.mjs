// As a worker whose maker had shared nothing when it was made: it has memory of its own.
import { parentPort, setEnvironmentData, workerData } from 'node:worker_threads';
import { AioContext, BottomHalf } from '@coaio/aio-context';
import { refusalOf } from './refusal.mjs';

setEnvironmentData('@coaio/aio-context', undefined);
void new AioContext().handle;
parentPort?.postMessage(refusalOf(() => BottomHalf.attach(workerData)));
