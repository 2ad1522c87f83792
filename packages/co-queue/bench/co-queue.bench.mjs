// What it costs to wake a queue, beside the older design, and with many in line.
//   pnpm --filter @coaio/co-queue bench
import { printByTurns } from '@coaio/by-turns';
import { longLineGroups } from './long-lines.mjs';
import { coQueueGroups } from './restart-all.mjs';

await printByTurns([...coQueueGroups, ...longLineGroups]);
