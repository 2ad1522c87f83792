// Callbacks of the event loop and wakes of another thread, beside what Node offers.
//   pnpm --filter @coaio/aio-context bench
import { printByTurns } from '@coaio/by-turns';
import { callbackGroups } from './callbacks.mjs';
import { wakeGroups } from './cross-thread-wake.mjs';

await printByTurns([
  ...callbackGroups,
  ...wakeGroups({
    answersUrl: new URL('./workers/answers.mjs', import.meta.url),
    echoUrl: new URL('./workers/echo-messages.mjs', import.meta.url),
  }),
]);
