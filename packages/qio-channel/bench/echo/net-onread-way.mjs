// node:net by hand: each read lands in its block, which leaves as one write. The fastest of what was tried; `direct` first tries the
// descriptor, as our writer does, and hands the socket what the system does not take.
import { writeSync } from 'node:fs';
import { createServer, connect as netConnect, Socket } from 'node:net';
import { Blocks, blockSize, Exchange, isWhole } from './exchange.mjs';

/** @import { Messages } from './exchange.mjs' */

/** @typedef {{ _handle: { fd: number } | null }} HandleOwner */

/** @param {{ direct: boolean }} how @returns {import('./exchange.mjs').Way} */
export function netOnreadWay({ direct }) {
  const write = direct ? writeDirectly : writeThrough;
  return {
    serve: (path, messages) => serve(path, messages, write),
    connect: (path, messages) => connect(path, messages, write),
  };
}

/** @param {Socket} socket @param {Uint8Array} bytes @param {() => void} written */
function writeThrough(socket, bytes, written) {
  socket.write(bytes, written);
}

/** @param {Socket} socket @param {Uint8Array} bytes @param {() => void} written */
function writeDirectly(socket, bytes, written) {
  let count = 0;
  if (socket.writableLength === 0) {
    try {
      count = writeSync(
        /** @type {HandleOwner} */ (/** @type {unknown} */ (socket))._handle?.fd ?? -1,
        bytes,
      );
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') throw error;
    }
  }
  if (count === bytes.length) written();
  else socket.write(bytes.subarray(count), written);
}

/** @param {string} path @param {Messages} messages @param {typeof writeThrough} write */
function serve(path, messages, write) {
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    const blocks = new Blocks(blockSize(messages));
    let block = blocks.take();
    let got = 0;
    const socket = withOnread(accepted, {
      buffer: () => block.subarray(got),
      callback(/** @type {number} */ count) {
        got += count;
        if (isWhole(messages) && got < block.length) return true;
        const full = block;
        const bytes = full.subarray(0, got);
        block = blocks.take();
        got = 0;
        write(socket, bytes, () => blocks.give(full));
        return true;
      },
    });
    socket.resume();
  });
  return new Promise((resolve) => server.listen(path, () => resolve(undefined)));
}

/** Only a new socket can have `onread`. @param {Socket} accepted @param {import('node:net').OnReadOpts} onread */
function withOnread(accepted, onread) {
  const owner = /** @type {HandleOwner} */ (/** @type {unknown} */ (accepted));
  const options = { handle: owner._handle, pauseOnCreate: true, onread };
  owner._handle = null;
  return new Socket(/** @type {import('node:net').SocketConstructorOpts} */ (options));
}

/** @param {string} path @param {Messages} messages @param {typeof writeThrough} write */
async function connect(path, messages, write) {
  const exchange = new Exchange(messages);
  const outgoing = new Uint8Array(messages.bytes * messages.inFlight);
  const block = new Uint8Array(blockSize(messages));
  const whole = isWhole(messages);
  let got = 0;
  const send = () => {
    const count = exchange.takeSendable();
    if (count > 0) write(socket, outgoing.subarray(0, count * messages.bytes), () => {});
  };
  const socket = netConnect({
    path,
    onread: {
      buffer: () => block.subarray(got),
      callback(count) {
        if (whole) got = (got + count) % block.length;
        exchange.came(count);
        send();
        return true;
      },
    },
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
