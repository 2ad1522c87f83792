// Requests over a channel in memory, with the least that can answer them: what the client itself costs.
//   pnpm --filter @coaio/nbd-client bench
import { printByTurns } from '@coaio/by-turns';
import { replyFormGroups } from './reply-forms.mjs';
import { requestGroups } from './requests.mjs';

await printByTurns([...requestGroups, ...replyFormGroups]);
