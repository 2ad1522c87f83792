// No socket, and not copied once: the memory of each message is transferred to the other thread, and back.
import { Exchange } from './exchange.mjs';

/**
 * @param {import('node:worker_threads').Worker} worker
 * @param {import('./exchange.mjs').Messages} messages
 * @returns {import('./exchange.mjs').Client}
 */
export function transferringClient(worker, messages) {
  const exchange = new Exchange(messages);
  const free = Array.from({ length: messages.inFlight }, () => new ArrayBuffer(messages.bytes));
  const send = () => {
    for (let left = exchange.takeSendable(); left > 0; left--) {
      const message = free.pop();
      if (message !== undefined) worker.postMessage(message, [message]);
    }
  };
  worker.on('message', (/** @type {ArrayBuffer} */ message) => {
    free.push(message);
    exchange.came(message.byteLength);
    send();
  });
  return {
    exchange(count) {
      const answered = exchange.begin(count);
      send();
      return answered;
    },
    close() {},
  };
}
