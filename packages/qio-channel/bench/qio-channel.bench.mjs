// Echoes over a Unix socket, beside loops on node:net and a MessagePort; over TLS, beside node:tls.
//   pnpm --filter @coaio/qio-channel bench
import { printByTurns } from '@coaio/by-turns';
import { socketEchoGroups } from './socket-echo.mjs';
import { tlsEchoGroups } from './tls-echo.mjs';

await printByTurns([
  ...socketEchoGroups(new URL('./workers/serve-echo.mjs', import.meta.url)),
  ...tlsEchoGroups,
]);
