// A thread that speaks TLS over another thread's channel.
import { QIOChannel, QIOChannelTls, TlsCredentials } from '@coaio/qio-channel';

/** @typedef {import('@coaio/qio-channel').QIOChannelHandle} Handle */

/** @type {QIOChannelTls | undefined} */
let client;

function channel() {
  if (client === undefined) throw new Error('connect first');
  return client;
}

/** The code it fails with, or what was agreed on. @param {Handle} handle @param {string} ca @param {string} hostname */
export async function connects(handle, ca, hostname) {
  const credentials = TlsCredentials.x509({ ca });
  try {
    client = await QIOChannelTls.promises.client(QIOChannel.attach(handle), { credentials, hostname });
    return client.session.protocol;
  } catch (error) {
    return /** @type {{ code?: string }} */ (error).code;
  }
}

/** Writes back what it reads, `length` bytes, and closes. @param {number} length */
export async function echoesAndCloses(length) {
  const bytes = new Uint8Array(length);
  await channel().promises.readvAll([bytes]);
  await channel().promises.writevAll([bytes]);
  channel().close();
}

/** Writes with no wait, so that what is told of has not left, and closes. @param {Uint8Array} bytes */
export function triesAndCloses(bytes) {
  const count = channel().tryWritev([bytes]);
  channel().close();
  return count;
}

/** Closes in the middle of a write. @param {Uint8Array} bytes */
export async function closesUnderItsWrite(bytes) {
  const writing = channel().promises.writevAll([bytes]);
  channel().close();
  return writing.then(
    () => 'written',
    (error) => error.code,
  );
}
