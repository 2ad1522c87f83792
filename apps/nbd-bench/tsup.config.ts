import { packageBuild } from '../../tsup.base.js';

// A command: nobody imports its types. The others are what its threads and its server process run.
export default packageBuild(
  {
    'nbd-bench': 'src/nbd-bench.ts',
    'job-thread': 'src/job/job-thread.ts',
    'server-thread': 'src/embedded-server/server-thread.ts',
    'server-process': 'src/embedded-server/server-process.ts',
  },
  { dts: false },
);
