import { ByteQueue } from '../bytes/byte-queue.js';
import { encodeString } from '../bytes/string.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { NbdUsageError } from '../errors/usage-error.js';
import { NEED_MORE, type NeedMore } from '../need-more.js';
import { type ClientOption, checkMetaContexts, stateFor } from './client/ask.js';
import type { ClientPhase, ClientStep } from './client/client-phase.js';
import {
  type ClientGoal,
  type ClientHandshakeEvent,
  type ClientSession,
  enterTls,
  newClientSession,
} from './client/client-session.js';
import { greeting } from './client/greeting.js';
import { stepAfter } from './client/itinerary.js';
import { negotiating } from './client/negotiating.js';
import { oldstyle } from './client/oldstyle.js';
import { optionAbort } from './client/option-abort.js';
import { optionExportName, refusedByHangUp } from './client/option-export-name.js';
import { extendedHeaders } from './client/option-extended-headers.js';
import { optionGo, optionInfo } from './client/option-go.js';
import { optionList } from './client/option-list.js';
import { optionListMetaContext, optionSetMetaContext } from './client/option-meta-context.js';
import { optionStartTls } from './client/option-starttls.js';
import { structuredReply } from './client/option-structured-reply.js';
import type { NbdTlsPolicy } from './tls-policy.js';
import { CLIENT_TRANSITIONS, type ClientState, move } from './transitions.js';

export interface ClientHandshakeOptions {
  /**
   * `go` enters transmission, `info` describes one export, `list` names them all; `options` leaves each option to
   * the caller, by `ask()`.
   */
  readonly goal: ClientGoal;
  /** Default: '', the server's default export. */
  readonly exportName?: string;
  /** Ask for structured replies; default true. A refusal is not an error. */
  readonly structuredReplies?: boolean;
  /** Ask for extended headers, an experimental extension; default false. A refusal is not an error. */
  readonly extendedHeaders?: boolean;
  /** Metadata contexts to select; default none. The `ready` event says which of them the server has. */
  readonly metaContexts?: readonly string[];
  /** Ask for name, description and block sizes; default true. Who asks for block sizes MUST obey them. */
  readonly requestInfo?: boolean;
  /** Default `disable`. Otherwise the `starttls` event must be honoured. */
  readonly tls?: NbdTlsPolicy;
}

const PHASES: Readonly<Partial<Record<ClientState, ClientPhase>>> = {
  greeting,
  oldstyle,
  starttls: optionStartTls,
  'extended-headers': extendedHeaders,
  'structured-reply': structuredReply,
  'list-meta-context': optionListMetaContext,
  'set-meta-context': optionSetMetaContext,
  go: optionGo,
  info: optionInfo,
  list: optionList,
  'export-name': optionExportName,
  negotiating,
  aborting: optionAbort,
};

/**
 * The client's side of a handshake of any style, without I/O.
 *
 * In: `receive(bytes)`, and `receiveEof()` when the server hangs up. Out: `nextEvent()` until it returns
 * NEED_MORE, then `takeOutgoing()`, whose bytes go to the server. After `ready`, `rest()` hands over what has
 * already arrived of the transmission phase. On `starttls` send what is outgoing, start TLS on the connection, call
 * `tlsStarted()`, and go on as before through TLS. On `negotiating`, and after every answer to a hand-made option,
 * `ask()` for the next one. After any other event the connection may be closed as soon as the outgoing bytes are
 * sent; who waits for the server's acknowledgement waits for `finished`.
 *
 * Bytes that break the specification throw NbdProtocolError out of `nextEvent()`. The handshake is then dead:
 * every later call throws the same error.
 */
export class ClientHandshake {
  readonly #session: ClientSession;
  readonly #incoming = new ByteQueue();
  readonly #outgoing = new ByteQueue();
  #state: ClientState = 'greeting';
  /** An event that no bytes caused: `negotiating`, after TLS has started. */
  #pending: ClientHandshakeEvent | undefined;
  #failure: unknown;

  /** @throws NbdUsageError an export name or metadata context over 4096 bytes or with a NUL */
  constructor(options: ClientHandshakeOptions) {
    const { exportName = '', metaContexts = [] } = options;
    encodeString(exportName, 'export name');
    checkMetaContexts(metaContexts);
    this.#session = newClientSession({
      goal: options.goal,
      tlsPolicy: options.tls ?? 'disable',
      wantsStructuredReplies: options.structuredReplies ?? true,
      wantsExtendedHeaders: options.extendedHeaders ?? false,
      exportName,
      requestInfo: options.requestInfo ?? true,
      queries: [...new Set(metaContexts)],
    });
  }

  /** The handshake is over: transmission, or nothing more to say. */
  get finished(): boolean {
    return this.#state === 'ready' || this.#state === 'finished';
  }

  /**
   * Bytes from the server, in pieces of any size. They are copied.
   * @throws NbdUsageError between `starttls` and `tlsStarted()`: those bytes are TLS's
   */
  receive(bytes: Uint8Array): void {
    this.#throwIfDead();
    if (this.#state === 'tls-handshake') throw misuse('receive', 'TLS has to start first, see tlsStarted()');
    this.#incoming.append(bytes);
  }

  /**
   * TLS is up; what `receive()` gets from now on came through it. Nothing that was negotiated before still holds.
   * @throws NbdUsageError without a `starttls` event
   */
  tlsStarted(): void {
    this.#throwIfDead();
    if (this.#state !== 'tls-handshake') throw misuse('tlsStarted', `not in state ${this.#state}`);
    enterTls(this.#session);
    this.#pending = this.#take(stepAfter(this.#session, 'starttls'));
  }

  /**
   * Goal `options`: sends one option. Its answer is the next event.
   * @throws NbdUsageError while another is unanswered, or where the specification forbids the option
   */
  ask(option: ClientOption): void {
    this.#throwIfDead();
    if (this.#state !== 'negotiating' || this.#pending !== undefined) {
      throw misuse('ask', `not in state ${this.#state}, one option at a time`);
    }
    this.#take({ next: stateFor(this.#session, option) });
  }

  /**
   * The server closed the connection; call it after the last `nextEvent()`. Ends well where a hang-up is
   * allowed: after NBD_OPT_ABORT, which servers need not acknowledge.
   * @throws NbdOptionRefusedError in answer to NBD_OPT_EXPORT_NAME
   * @throws NbdProtocolError NBD_UNEXPECTED_EOF, anywhere else
   */
  receiveEof(): void {
    this.#throwIfDead();
    if (this.finished) return;
    if (this.#state === 'aborting') {
      this.#state = move(CLIENT_TRANSITIONS, this.#state, 'finished');
      return;
    }
    const unanswered = this.#state === 'export-name' && this.#incoming.length === 0;
    throw this.#die(unanswered ? refusedByHangUp(this.#session) : this.#unexpectedEof());
  }

  /** What the bytes so far amount to, one event per call, or NEED_MORE. */
  nextEvent(): ClientHandshakeEvent | NeedMore {
    this.#throwIfDead();
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) return pending;
    try {
      for (;;) {
        const step = PHASES[this.#state]?.read(this.#session, this.#incoming) ?? NEED_MORE;
        if (step === NEED_MORE) return NEED_MORE;
        const event = this.#take(step);
        if (event !== undefined) return event;
      }
    } catch (error) {
      throw this.#die(error);
    }
  }

  /** Bytes for the server, possibly none. They are handed over once. */
  takeOutgoing(): Uint8Array {
    return this.#outgoing.rest();
  }

  /** Bytes that arrived after the end of the handshake. */
  rest(): Uint8Array {
    return this.#incoming.rest();
  }

  #take(step: ClientStep): ClientHandshakeEvent | undefined {
    if (step.send !== undefined) this.#outgoing.append(step.send);
    if (step.next !== this.#state) {
      this.#state = move(CLIENT_TRANSITIONS, this.#state, step.next);
      const opening = PHASES[this.#state]?.open?.(this.#session);
      if (opening !== undefined) this.#outgoing.append(opening);
    }
    return step.event;
  }

  #unexpectedEof(): NbdProtocolError {
    const detail = `the server closed the connection in state ${this.#state}, after ${this.#incoming.length} unread bytes`;
    return new NbdProtocolError('NBD_UNEXPECTED_EOF', 'handshake', detail);
  }

  #die(error: unknown): unknown {
    this.#state = 'dead';
    this.#failure = error;
    return error;
  }

  #throwIfDead(): void {
    if (this.#state === 'dead') throw this.#failure;
  }
}

function misuse(operation: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}
