import { type CoNbdClient, NbdClient } from '@coaio/nbd-client';
import type { ServerFacts, Target } from './job-plan.js';

/** The connections of a job. Each is a client of its own: what goes through which is the job's choice. */
export class Connections {
  readonly #clients: readonly NbdClient[];

  /** One that cannot be had ends all: `abort` is their signal. */
  static async open({ uri, tls }: Target, count: number, abort: AbortController): Promise<Connections> {
    const options = { uri, signal: abort.signal, ...(tls === undefined ? {} : { tls }) };
    try {
      return new Connections(
        await Promise.all(Array.from({ length: count }, () => NbdClient.connect(options))),
      );
    } catch (error) {
      abort.abort(error);
      throw error;
    }
  }

  private constructor(clients: readonly NbdClient[]) {
    this.#clients = clients;
  }

  get count(): number {
    return this.#clients.length;
  }

  get serverFacts(): ServerFacts {
    const { info, structuredReplies } = this.#clients[0] as NbdClient;
    return { ...info, structuredReplies };
  }

  /** The commands of the connection whose turn it is: they are dealt out. */
  co(turn: number): CoNbdClient {
    return (this.#clients[turn % this.#clients.length] as NbdClient).co;
  }

  /** @throws what the first threw that could not be closed well; all are closed. */
  async close(): Promise<void> {
    const closings = await Promise.allSettled(this.#clients.map((client) => client.close()));
    const failed = closings.find((closing) => closing.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
