// node:net as one writes it first: `data` events, and `write`.
import { createServer, connect as netConnect } from 'node:net';
import { Exchange, isWhole } from './exchange.mjs';

/** @import { Messages } from './exchange.mjs' */

/** @type {import('./exchange.mjs').Way} */
export const netDataWay = { serve, connect };

/** @param {string} path @param {Messages} messages */
function serve(path, messages) {
  const server = createServer((socket) => {
    /** @type {Uint8Array[]} */
    let parts = [];
    let got = 0;
    socket.on('data', (chunk) => {
      got += chunk.length;
      parts.push(chunk);
      if (isWhole(messages) && got < messages.bytes) return;
      socket.cork();
      for (const part of parts) socket.write(part);
      socket.uncork();
      parts = [];
      got %= messages.bytes;
    });
  });
  return new Promise((resolve) => server.listen(path, () => resolve(undefined)));
}

/** @param {string} path @param {Messages} messages */
async function connect(path, messages) {
  const exchange = new Exchange(messages);
  const outgoing = new Uint8Array(messages.bytes * messages.inFlight);
  const socket = netConnect({ path });
  const send = () => {
    const count = exchange.takeSendable();
    if (count > 0) socket.write(outgoing.subarray(0, count * messages.bytes));
  };
  socket.on('data', (chunk) => {
    exchange.came(chunk.length);
    send();
  });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    exchange(/** @type {number} */ count) {
      const answered = exchange.begin(count);
      send();
      return answered;
    },
    close: () => socket.destroy(),
  };
}
