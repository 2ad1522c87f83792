import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  node: string;
  cpu: string;
  cpus: number;
  kernel: string;
  /** Bytes. */
  memory: number;
  /** Threads that ran or wanted to, in the last minute. */
  load: number;
}

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    node: process.versions.node,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpus: processors.length,
    kernel: `${type()} ${release()} ${arch()}`,
    memory: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}
