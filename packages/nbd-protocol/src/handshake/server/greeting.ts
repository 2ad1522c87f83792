import {
  NBD_INIT_PASSWD_HIGH,
  NBD_INIT_PASSWD_LOW,
  NBD_OPTS_MAGIC_HIGH,
  NBD_OPTS_MAGIC_LOW,
} from '../../constants/magic.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { hex32 } from '../../errors/wire-literal.js';

export function serverGreeting(handshakeFlags: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(18));
  view.setUint32(0, NBD_INIT_PASSWD_HIGH);
  view.setUint32(4, NBD_INIT_PASSWD_LOW);
  view.setUint32(8, NBD_OPTS_MAGIC_HIGH);
  view.setUint32(12, NBD_OPTS_MAGIC_LOW);
  view.setUint16(16, handshakeFlags);
  return new Uint8Array(view.buffer);
}

/**
 * The client's answer to the greeting, once it is found to ask for no more than was offered.
 * @throws NbdProtocolError NBD_BAD_CLIENT_FLAGS: the server MUST close the connection
 */
export function checkClientFlags(flags: number, offered: number): number {
  // Each client flag has the bit of the handshake flag that it answers.
  if ((flags & ~offered) === 0) return flags;
  const detail = `client flags ${hex32(flags)} exceed the offered ${hex32(offered)}`;
  throw new NbdProtocolError('NBD_BAD_CLIENT_FLAGS', 'client flags', detail);
}
