import { appendFileSync } from 'node:fs';
import type { NbdServerOptions } from '../nbd-server-options.js';
import type { NbdConnectionSummary } from '../server-statistics.js';

/** Writes a line of JSON for each connection that has ended. */
export class AccessLog {
  readonly #path: string;
  readonly #complain: (text: string) => void;
  readonly #failures = new Map<string, string>();
  #isBroken = false;

  /** @param path '-' is stdout. @throws what the system says of the file. */
  constructor(path: string, complain: (text: string) => void) {
    this.#path = path;
    this.#complain = complain;
    this.#append('');
  }

  readonly failed: NonNullable<NbdServerOptions['onConnectionError']> = (error, clientName) => {
    this.#failures.set(clientName, error instanceof Error ? error.message : String(error));
  };

  readonly ended = (summary: NbdConnectionSummary): void => {
    const { clientName, address, startedAt, durationMs, exportName, tls, requests } = summary;
    const error = this.#failures.get(clientName);
    this.#failures.delete(clientName);
    const line = {
      time: new Date(startedAt).toISOString(),
      client: clientName,
      ...(address?.type === 'inet' && { address: address.host, port: address.port }),
      export: exportName,
      tls,
      seconds: Number((durationMs / 1000).toFixed(6)),
      ...requests,
      ...(error !== undefined && { error }),
    };
    try {
      this.#append(`${JSON.stringify(line)}\n`);
      this.#isBroken = false;
    } catch (thrown) {
      // Once, until it works again.
      if (!this.#isBroken) this.#complain(`access log: ${(thrown as Error).message}`);
      this.#isBroken = true;
    }
  };

  /** Opened for each line: a file that was moved away is made again. */
  #append(text: string): void {
    if (this.#path === '-') process.stdout.write(text);
    else appendFileSync(this.#path, text);
  }
}
