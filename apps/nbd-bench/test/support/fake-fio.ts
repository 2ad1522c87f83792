import { fakeProgram } from './fake-program.js';

const DIRECTION = '{ iops: 1000, bw_bytes: 4096000, runtime: 100, total_ios: 100 }';

/** A fio that always has 1000 IOPS, and says that it is of that version. */
export function fakeFio(folder: string, version = '9.9'): void {
  fakeProgram(
    folder,
    'fio',
    `console.log(args.includes('--version')
      ? ${JSON.stringify(`fio-${version}`)}
      : args.includes('--enghelp=nbd')
        ? 'uri                     : Name of NBD URI'
        : JSON.stringify({ jobs: [{ usr_cpu: 10, sys_cpu: 10, read: ${DIRECTION}, write: ${DIRECTION} }] }));`,
  );
}
