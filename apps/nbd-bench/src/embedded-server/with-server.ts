import { EmbeddedServer } from './embedded-server.js';

/** What is measured. */
export interface Server {
  uri: string;
  embedded: boolean;
}

/** Does `work` to the server at `uri`, or to an embedded one. */
export async function withServer<T>(
  uri: string | undefined,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  if (uri !== undefined) return await work({ uri, embedded: false });
  const server = await EmbeddedServer.start();
  try {
    return await work({ uri: server.uri, embedded: true });
  } finally {
    await server.close();
  }
}
