import { MemoryExport, NbdServer } from '@coaio/nbd-server';

const SIZE = 2 ** 30;

/** The server that is measured when none is named. @returns it, and the URI it listens on. */
export async function startMemoryServer(socket: string): Promise<{ server: NbdServer; uri: string }> {
  const server = new NbdServer();
  server.addExport('', new MemoryExport(SIZE));
  const uri = await server.listen({ type: 'unix', path: socket });
  return { server, uri };
}
