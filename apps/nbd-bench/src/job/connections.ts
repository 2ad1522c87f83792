import { type AttachedNbdClient, NbdClient } from '@coaio/nbd-client';
import { clientOptions } from './client-options.js';
import type { ServerFacts, Target } from './job-plan.js';

type Client = NbdClient | AttachedNbdClient;

/**
 * The connections of a job. Each is a client of its own: what goes through which is the job's choice. Or a view of the one client that all
 * jobs share.
 */
export class Connections {
  readonly #clients: readonly Client[];
  readonly #shared: boolean;

  /** One that cannot be had ends all: `abort` is their signal. */
  static async open(target: Target, count: number, abort: AbortController): Promise<Connections> {
    const { shared } = target;
    if (shared !== undefined) return new Connections([NbdClient.attach(shared)], true);
    const options = { ...clientOptions(target), signal: abort.signal };
    try {
      return new Connections(
        await Promise.all(Array.from({ length: count }, () => NbdClient.connect(options))),
        false,
      );
    } catch (error) {
      abort.abort(error);
      throw error;
    }
  }

  private constructor(clients: readonly Client[], shared: boolean) {
    this.#clients = clients;
    this.#shared = shared;
  }

  get count(): number {
    return this.#clients.length;
  }

  get serverFacts(): ServerFacts {
    const { info, structuredReplies } = this.#clients[0] as Client;
    return { ...info, structuredReplies };
  }

  /** The commands of the connection whose turn it is: they are dealt out. */
  co(turn: number): Client['co'] {
    return (this.#clients[turn % this.#clients.length] as Client).co;
  }

  /** Memory for I/Os: shared where another thread does them, which else would copy it. */
  newMemory(bytes: number): Buffer {
    return this.#shared ? Buffer.from(new SharedArrayBuffer(bytes)) : Buffer.alloc(bytes);
  }

  /** @throws what the first threw that could not be closed well; all are closed. */
  async close(): Promise<void> {
    const closings = await Promise.allSettled(this.#clients.map((client) => client.close()));
    const failed = closings.find((closing) => closing.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
