import { BroadcastChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { NbdConnectionSummary } from '../server-statistics.js';
import type { Reports } from './host.js';
import { textOf } from './messages.js';

type Report =
  | { readonly type: 'failed'; readonly clientName: string; readonly text: string }
  | { readonly type: 'ended'; readonly summary: NbdConnectionSummary };

/** A thread's side: what it reports goes to the main thread, which has the log and stderr. */
export class ReportsFromThread implements Reports {
  readonly #channel: BroadcastChannel;

  constructor(name: string) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.unref();
  }

  failed(clientName: string, text: string): void {
    this.#send({ type: 'failed', clientName, text });
  }

  ended(summary: NbdConnectionSummary): void {
    const { error } = summary;
    // As text: the clone of an error would lose what makes it one.
    this.#send({
      type: 'ended',
      summary: { ...summary, error: error === undefined ? error : textOf(error) },
    });
  }

  #send(report: Report): void {
    this.#channel.postMessage(report);
  }
}

/** The main thread's side: passes on what the threads report. */
export class ReportsOfThreads {
  readonly name = `nbd-serve reports ${crypto.randomUUID()}`;
  readonly #channel = new BroadcastChannel(this.name);
  readonly #reports: Reports;

  constructor(reports: Reports) {
    this.#reports = reports;
    this.#channel.onmessage = (event) => this.#passOn((event as { data: Report }).data);
    this.#channel.unref();
  }

  /** Passes on what has come and was not yet passed on. */
  close(): void {
    // Node takes channels too, its types do not.
    const channel = this.#channel as unknown as MessagePort;
    for (;;) {
      const received = receiveMessageOnPort(channel) as { message: Report } | undefined;
      if (received === undefined) break;
      this.#passOn(received.message);
    }
    this.#channel.close();
  }

  #passOn(report: Report): void {
    if (report.type === 'failed') this.#reports.failed(report.clientName, report.text);
    else this.#reports.ended(report.summary);
  }
}
