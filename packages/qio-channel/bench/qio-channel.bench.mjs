// What channels cost.
//   pnpm --filter @coaio/qio-channel bench
import { printByTurns } from '@coaio/by-turns';
import { tlsEchoGroups } from './tls-echo.mjs';

await printByTurns(tlsEchoGroups);
