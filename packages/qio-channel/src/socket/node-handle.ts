import type { Socket } from 'node:net';

/** What Node keeps behind a socket; undocumented, the same in Node 20 to 26. */
interface HandleOwner {
  _handle: NodeHandle | null;
}

interface NodeHandle {
  fd?: number;
  close(closed?: () => void): void;
  readStop?(): void;
  useUserBuffer?(place: Uint8Array): void;
}

/**
 * The socket's descriptor, or -1 when it has none (closed, or Windows). Never keep it: once the socket is closed,
 * the system gives the number to the next file that is opened.
 */
export function descriptorOf(socket: Socket): number {
  return (socket as unknown as HandleOwner)._handle?.fd ?? -1;
}

/** Takes the open connection out of an accepted socket, which is then as good as closed. */
export function takeHandle(socket: Socket): unknown {
  const owner = socket as unknown as HandleOwner;
  const handle = owner._handle;
  owner._handle = null;
  // For the server's own count of its connections.
  socket.destroy();
  return handle;
}

/** The next bytes come to `place`, and not where the socket's `onread` has said. @returns whether this Node can do that. */
export function replacePlace(socket: Socket, place: Uint8Array): boolean {
  const handle = (socket as unknown as HandleOwner)._handle;
  // Closed: nothing comes.
  if (handle === null) return true;
  if (handle.useUserBuffer === undefined) return false;
  handle.useUserBuffer(place);
  return true;
}

/**
 * From now on the system closes the socket's descriptor when `gate` calls back, whoever destroys the socket: Node does on an error.
 * Nothing is read meanwhile.
 */
export function gateClose(socket: Socket, gate: (close: () => void) => void): void {
  const handle = (socket as unknown as HandleOwner)._handle;
  if (handle === null) return;
  const close = handle.close;
  handle.close = (closed) => {
    handle.readStop?.();
    gate(() => close.call(handle, closed));
  };
}
