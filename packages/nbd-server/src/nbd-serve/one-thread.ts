import { getMainAioContext } from '@coaio/aio-context';
import type { QIOChannel, QIONetListener, SocketAddress } from '@coaio/qio-channel';
import type { NbdServer } from '../nbd-server.js';
import type { NbdServerStatistics } from '../server-statistics.js';
import type { Host, Reports } from './host.js';
import { makeServer } from './make-server.js';
import type { ServePlan } from './serve-plan.js';

/** Serves in this thread. */
export class OneThread implements Host {
  readonly failure = new Promise<never>(() => {});
  readonly #server: NbdServer;

  /** @throws as {@link makeServer}. */
  static async start(plan: ServePlan, reports: Reports): Promise<OneThread> {
    // Its own would be one more hop from the sockets, which are handled there.
    const context = getMainAioContext();
    context.setPollParams({ pollMaxNs: plan.pollMaxNs });
    const { maxConnections } = plan;
    const options = { context, ...(maxConnections !== undefined && { maxConnections }) };
    return new OneThread(await makeServer(plan, reports, options));
  }

  private constructor(server: NbdServer) {
    this.#server = server;
  }

  listen(where: SocketAddress | QIONetListener): Promise<string> {
    return this.#server.listen(where);
  }

  serveChannel(channel: QIOChannel): Promise<void> {
    return this.#server.serveChannel(channel);
  }

  async statistics(): Promise<NbdServerStatistics> {
    return this.#server.statistics;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
