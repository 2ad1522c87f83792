// Runs a command, and tells on stderr how the contexts and threads that it makes are to poll.
//   tells-how-it-polls.mjs COMMAND [ARGUMENT ...]
import { pathToFileURL } from 'node:url';
import { AioContext, IOThread } from '@coaio/aio-context';

const { setPollParams } = AioContext.prototype;
/** @this {AioContext} @param {Parameters<AioContext['setPollParams']>[0]} params */
AioContext.prototype.setPollParams = function (params) {
  process.stderr.write(`context ${params.pollMaxNs}\n`);
  setPollParams.call(this, params);
};
const { start } = IOThread;
IOThread.start = (options) => {
  process.stderr.write(`thread ${options?.pollMaxNs}\n`);
  return start.call(IOThread, options);
};
process.argv.splice(1, 1);
await import(String(pathToFileURL(process.argv[1] ?? '')));
