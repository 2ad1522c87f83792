import { NBD_CMD_READ, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { type Latency, LatencyHistogram } from './latency-histogram.js';
import type { InFlightRequest } from './requests/in-flight-request.js';

/** What a client has done so far, all of its connections together. */
export interface NbdStatistics {
  /** Connections that take requests now. */
  readonly connections: number;
  /** Connections that were lost and are there again. */
  readonly reconnects: number;
  /** Answered requests, those that failed included. */
  readonly requests: number;
  /** Requests that the server answered with an error. */
  readonly errors: number;
  /** Requests whose signal aborted or whose time was up. */
  readonly givenUp: number;
  /** Requests that were sent again on another connection. */
  readonly replays: number;
  /** Simple replies and chunks. */
  readonly chunks: number;
  /** Data of reads and writes that succeeded. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** On the wire, headers included, TLS not. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** From the turn of the event loop in which a request was sent to the read that brought the end of its reply. */
  readonly latencyUs: Latency;
}

/** What a connection counts by itself. */
interface Wire {
  readonly window: { readonly received: number };
  readonly batch: { readonly sent: number };
}

/** Counts. Plain fields: the hot path adds to them. */
export class ClientStatistics {
  reconnects = 0;
  requests = 0;
  errors = 0;
  givenUp = 0;
  replays = 0;
  chunks = 0;
  bytesRead = 0;
  bytesWritten = 0;
  readonly latency = new LatencyHistogram();
  /** Connections that count by themselves, and what those counted that are gone. */
  readonly #wires = new Set<Wire>();
  #bytesReceived = 0;
  #bytesSent = 0;

  begin(wire: Wire): void {
    this.#wires.add(wire);
  }

  end(wire: Wire): void {
    if (!this.#wires.delete(wire)) return;
    this.#bytesReceived += wire.window.received;
    this.#bytesSent += wire.batch.sent;
  }

  summary(connections: number): NbdStatistics {
    const { reconnects, requests, errors, givenUp, replays, chunks, bytesRead, bytesWritten } = this;
    let [bytesReceived, bytesSent] = [this.#bytesReceived, this.#bytesSent];
    for (const { window, batch } of this.#wires) {
      bytesReceived += window.received;
      bytesSent += batch.sent;
    }
    return {
      connections,
      reconnects,
      requests,
      errors,
      givenUp,
      replays,
      chunks,
      bytesRead,
      bytesWritten,
      bytesReceived,
      bytesSent,
      latencyUs: this.latency.summary(),
    };
  }

  answered(request: InFlightRequest, receivedNs: number): void {
    this.requests++;
    this.latency.record(receivedNs - request.sentNs);
    if (request.error !== null) this.errors++;
    else if (request.type === NBD_CMD_READ) this.bytesRead += request.length;
    else if (request.type === NBD_CMD_WRITE) this.bytesWritten += request.length;
  }
}
