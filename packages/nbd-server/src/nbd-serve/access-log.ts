import { appendFileSync } from 'node:fs';
import type { NbdConnectionSummary } from '../server-statistics.js';
import { complain, textOf } from './messages.js';

/** Writes a line of JSON for each connection that has ended. */
export class AccessLog {
  readonly #path: string;
  #isBroken = false;

  /** @param path '-' is stdout. @throws what the system says of the file. */
  constructor(path: string) {
    this.#path = path;
    this.#append('');
  }

  readonly ended = (summary: NbdConnectionSummary): void => {
    const { clientName, address, startedAt, durationMs, exportName, tls, requests, error } = summary;
    const line = {
      time: new Date(startedAt).toISOString(),
      client: clientName,
      ...(address?.type === 'inet' && { address: address.host, port: address.port }),
      export: exportName,
      tls,
      seconds: Number((durationMs / 1000).toFixed(6)),
      ...requests,
      ...(error !== undefined && { error: textOf(error) }),
    };
    try {
      this.#append(`${JSON.stringify(line)}\n`);
      this.#isBroken = false;
    } catch (thrown) {
      // Once, until it works again.
      if (!this.#isBroken) complain(`access log: ${textOf(thrown)}`);
      this.#isBroken = true;
    }
  };

  /** Opened for each line: a file that was moved away is made again. */
  #append(text: string): void {
    if (this.#path === '-') process.stdout.write(text);
    else appendFileSync(this.#path, text);
  }
}
