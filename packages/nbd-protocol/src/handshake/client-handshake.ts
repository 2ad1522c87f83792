import { ByteQueue } from '../bytes/byte-queue.js';
import { encodeString } from '../bytes/string.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { NEED_MORE, type NeedMore } from '../need-more.js';
import type { ClientHandshakeEvent, ClientPhase, ClientSession, ClientStep } from './client/client-phase.js';
import { CollectedInfo } from './client/collected-info.js';
import { greeting } from './client/greeting.js';
import { optionAbort } from './client/option-abort.js';
import { optionExportName, refusedByHangUp } from './client/option-export-name.js';
import { optionGo, optionInfo } from './client/option-go.js';
import { optionList } from './client/option-list.js';
import { structuredReply } from './client/option-structured-reply.js';
import { CLIENT_TRANSITIONS, type ClientState, move } from './transitions.js';

export interface ClientHandshakeOptions {
  /** `go` enters transmission, `info` describes one export, `list` names them all. */
  readonly goal: 'go' | 'info' | 'list';
  /** Default: '', the server's default export. */
  readonly exportName?: string;
  /** Ask for structured replies; default true. A refusal is not an error. */
  readonly structuredReplies?: boolean;
  /** Ask for name, description and block sizes; default true. Who asks for block sizes MUST obey them. */
  readonly requestInfo?: boolean;
}

const PHASES: Readonly<Partial<Record<ClientState, ClientPhase>>> = {
  greeting,
  'structured-reply': structuredReply,
  go: optionGo,
  info: optionInfo,
  list: optionList,
  'export-name': optionExportName,
  aborting: optionAbort,
};

/**
 * The client's side of a newstyle handshake, without I/O.
 *
 * In: `receive(bytes)`, and `receiveEof()` when the server hangs up. Out: `nextEvent()` until it returns
 * NEED_MORE, then `takeOutgoing()`, whose bytes go to the server. After `ready`, `rest()` hands over what has
 * already arrived of the transmission phase. After any other event the connection may be closed as soon as the
 * outgoing bytes are sent; who waits for the server's acknowledgement waits for `finished`.
 *
 * Bytes that break the specification throw NbdProtocolError out of `nextEvent()`. The handshake is then dead:
 * every later call throws the same error.
 */
export class ClientHandshake {
  readonly #session: ClientSession;
  readonly #incoming = new ByteQueue();
  readonly #outgoing = new ByteQueue();
  #state: ClientState = 'greeting';
  #failure: unknown;

  /** @throws NbdUsageError an export name over 4096 bytes or with a NUL */
  constructor(options: ClientHandshakeOptions) {
    const { goal, exportName = '', structuredReplies = true, requestInfo = true } = options;
    encodeString(exportName, 'export name');
    this.#session = {
      goal,
      exportName,
      wantsStructuredReplies: structuredReplies,
      requestInfo,
      fixedNewstyle: false,
      noZeroes: false,
      structuredReplies: false,
      info: new CollectedInfo(),
      listing: [],
    };
  }

  /** The handshake is over: transmission, or nothing more to say. */
  get finished(): boolean {
    return this.#state === 'ready' || this.#state === 'finished';
  }

  /** Bytes from the server, in pieces of any size. They are copied. */
  receive(bytes: Uint8Array): void {
    this.#throwIfDead();
    this.#incoming.append(bytes);
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
    try {
      for (;;) {
        const step = PHASES[this.#state]?.read(this.#session, this.#incoming) ?? NEED_MORE;
        if (step === NEED_MORE) return NEED_MORE;
        this.#take(step);
        if (step.event !== undefined) return step.event;
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

  #take(step: ClientStep): void {
    if (step.send !== undefined) this.#outgoing.append(step.send);
    if (step.next === this.#state) return;
    this.#state = move(CLIENT_TRANSITIONS, this.#state, step.next);
    const opening = PHASES[this.#state]?.open?.(this.#session);
    if (opening !== undefined) this.#outgoing.append(opening);
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
