import { packageBuild } from '../../tsup.base.js';

// A command: nobody imports its types. The others are what its threads and its server process run,
// those of the packages' benchmarks included.
export default packageBuild(
  {
    'nbd-bench': 'src/nbd-bench.ts',
    'job-thread': 'src/job/job-thread.ts',
    'server-thread': 'src/embedded-server/server-thread.ts',
    'server-process': 'src/embedded-server/server-process.ts',
    'raw-loop': 'src/raw-loop/raw-loop-process.ts',
    answers: '../../packages/aio-context/bench/workers/answers.mjs',
    'echo-messages': '../../packages/aio-context/bench/workers/echo-messages.mjs',
    contend: '../../packages/co-mutex/bench/workers/contend.mjs',
    'serve-echo': '../../packages/qio-channel/bench/workers/serve-echo.mjs',
  },
  { dts: false },
);
