// The locks, within a thread and across threads, beside their rivals.
//   pnpm --filter @coaio/co-mutex bench
import { DEFAULT_TURNS, printByTurns } from '@coaio/by-turns';
import { mutexGroups, mutexLineGroups } from './mutexes.mjs';
import { rwlockGroups } from './rwlocks.mjs';
import { sharedMutexGroups } from './shared-mutexes.mjs';

await printByTurns([
  ...mutexGroups,
  ...rwlockGroups,
  ...sharedMutexGroups(new URL('./workers/contend.mjs', import.meta.url)),
]);
// Their turns are long.
await printByTurns(mutexLineGroups, { ...DEFAULT_TURNS, rounds: 5 });
