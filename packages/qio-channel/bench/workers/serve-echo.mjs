// The other side of socket-echo.mjs.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { WAYS } from '../echo/ways.mjs';

/** For an IOThread. @param {import('../echo/ways.mjs').WayName} way @param {string} path @param {import('../echo/exchange.mjs').Messages} messages */
export async function serveEcho(way, path, messages) {
  await WAYS[way].serve(path, messages);
}

/** For a worker: what it is to be. @typedef {{ echo: Parameters<typeof serveEcho> | 'port' }} EchoData */

const data = isMainThread ? undefined : /** @type {Partial<EchoData> | null} */ (workerData);
if (parentPort !== null && data?.echo !== undefined) {
  const port = parentPort;
  if (data.echo === 'port') port.on('message', (message) => port.postMessage(message, [message]));
  else await serveEcho(...data.echo);
  port.postMessage(new ArrayBuffer(0));
}
