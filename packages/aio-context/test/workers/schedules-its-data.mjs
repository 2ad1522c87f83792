// Schedules the bottom half of the handle that it was given, and ends.
import { workerData } from 'node:worker_threads';
import { BottomHalf } from '@coaio/aio-context';

BottomHalf.attach(workerData).schedule();
