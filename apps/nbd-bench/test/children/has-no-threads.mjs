// Preloaded: no thread can be started in this process.
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

class Worker {
  constructor() {
    throw new Error('no thread to be had');
  }
}
Object.assign(threads, { Worker });
syncBuiltinESMExports();
