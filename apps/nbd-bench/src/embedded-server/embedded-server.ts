import { join } from 'node:path';
import { IOThread } from '@coaio/aio-context';
import { BenchError, EXIT_RUN, oneLine } from '../cli/failure.js';
import { TemporaryFolder } from './temporary-folder.js';

const MODULE = new URL('./server-thread.js', import.meta.url);

/** An nbd-server in a thread of this process, on a Unix socket in a folder of its own. */
export class EmbeddedServer {
  readonly uri: string;
  readonly #thread: IOThread;
  readonly #folder: TemporaryFolder;

  static async start(): Promise<EmbeddedServer> {
    const folder = new TemporaryFolder();
    const thread = await IOThread.start({ name: 'embedded server', pollMaxNs: 0 });
    try {
      const uri = await thread.run<string>(MODULE, 'startServer', join(folder.path, 'nbd.sock'));
      return new EmbeddedServer(uri, thread, folder);
    } catch (error) {
      await thread.join().catch(() => {});
      folder.remove();
      throw new BenchError(EXIT_RUN, `embedded server: ${oneLine(error)}`, error);
    }
  }

  private constructor(uri: string, thread: IOThread, folder: TemporaryFolder) {
    this.uri = uri;
    this.#thread = thread;
    this.#folder = folder;
  }

  async close(): Promise<void> {
    try {
      await this.#thread.run(MODULE, 'stopServer');
      await this.#thread.join();
    } finally {
      this.#folder.remove();
    }
  }
}
