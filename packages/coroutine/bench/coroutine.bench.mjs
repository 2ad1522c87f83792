// A coroutine's life, one yield, one wake and what depth costs, beside what else Node offers.
//   pnpm --filter @coaio/coroutine bench
import { printByTurns } from '@coaio/by-turns';
import { coroutineGroups } from './life-and-yield.mjs';
import { wakeGroups } from './wakes-and-depth.mjs';

await printByTurns([...coroutineGroups, ...wakeGroups]);
