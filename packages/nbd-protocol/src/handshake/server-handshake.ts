import { ByteQueue } from '../bytes/byte-queue.js';
import { MAX_STRING } from '../bytes/string.js';
import {
  NBD_FLAG_C_FIXED_NEWSTYLE,
  NBD_FLAG_C_NO_ZEROES,
  NBD_FLAG_FIXED_NEWSTYLE,
  NBD_FLAG_NO_ZEROES,
} from '../constants/handshake-flags.js';
import { NBD_REP_ERR_TOO_BIG, NBD_REP_ERR_UNSUP } from '../constants/option-replies.js';
import { NBD_OPT_ABORT, NBD_OPT_EXPORT_NAME, optionName } from '../constants/options.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { NbdUsageError } from '../errors/usage-error.js';
import { NEED_MORE, type NeedMore } from '../need-more.js';
import { MAX_OPTION_DATA, OPTION_HEADER_SIZE, type OptionHeader, peekOptionHeader } from './option-frame.js';
import { refusedAtTheGate } from './server/gate.js';
import { checkClientFlags, serverGreeting } from './server/greeting.js';
import { optionAbort } from './server/option-abort.js';
import { optionExportName } from './server/option-export-name.js';
import { optionExtendedHeaders } from './server/option-extended-headers.js';
import { optionGo, optionInfo } from './server/option-go.js';
import { optionList } from './server/option-list.js';
import { optionListMetaContext, optionSetMetaContext } from './server/option-meta-context.js';
import { optionStartTls } from './server/option-starttls.js';
import { optionStructuredReply } from './server/option-structured-reply.js';
import {
  type ExportDirectory,
  NOTHING_SELECTED,
  refuse,
  type ServerHandshakeEvent,
  type ServerOption,
  type ServerSession,
  type ServerStep,
} from './server/server-option.js';
import type { NbdTlsPolicy } from './tls-policy.js';
import { move, SERVER_TRANSITIONS, type ServerState } from './transitions.js';

export interface ServerHandshakeOptions {
  readonly directory: ExportDirectory;
  /** Allow NBD_OPT_STRUCTURED_REPLY; default true. */
  readonly structuredReplies?: boolean;
  /** Allow NBD_OPT_EXTENDED_HEADERS, an experimental extension; default false. */
  readonly extendedHeaders?: boolean;
  /** Answer NBD_OPT_LIST_META_CONTEXT and NBD_OPT_SET_META_CONTEXT; default true. */
  readonly metaContexts?: boolean;
  /** Default `disable`. Otherwise the `starttls` event must be honoured. */
  readonly tls?: NbdTlsPolicy;
  /** Answer NBD_OPT_LIST; default true. */
  readonly list?: boolean;
  /** Refuse clients that do not request the block sizes of an export that advertises them; default false. */
  readonly requireBlockSize?: boolean;
  /** Options that one client may send; default 1024. Without a limit a client could haggle for ever. */
  readonly maxOptions?: number;
  /** Handshake flags to offer; default NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES. Less plays an old server. */
  readonly handshakeFlags?: number;
}

/** Data of one option that is worth skipping; more is an attack. */
const MAX_SKIPPED_DATA = 32 * 1024 * 1024;
/** Replies that may wait. A client that pipelines options, which it MUST NOT, cannot pile up more. */
const MAX_UNSENT = 1024 * 1024;

const OPTIONS: ReadonlyMap<number, ServerOption> = new Map(
  [
    optionExportName,
    optionAbort,
    optionList,
    optionStartTls,
    optionInfo,
    optionGo,
    optionStructuredReply,
    optionListMetaContext,
    optionSetMetaContext,
    optionExtendedHeaders,
  ].map((known) => [known.option, known]),
);

/**
 * The server's side of a newstyle handshake, without I/O. The greeting is outgoing from the start.
 *
 * In: `receive(bytes)`. Out: `nextEvent()` until it returns NEED_MORE, then `takeOutgoing()`, whose bytes go to
 * the client. After `ready`, `rest()` hands over what has already arrived of the transmission phase. On `starttls`
 * send what is outgoing, start TLS on the connection, call `tlsStarted()`, and go on as before through TLS.
 *
 * A client that breaks the specification where no error reply is possible makes `nextEvent()` throw
 * NbdProtocolError. The handshake is then dead: send nothing more, close; every later call throws the same error.
 */
export class ServerHandshake {
  readonly #session: ServerSession;
  readonly #handshakeFlags: number;
  readonly #incoming = new ByteQueue();
  readonly #outgoing = new ByteQueue();
  #state: ServerState = 'client-flags';
  #optionsLeft: number;
  readonly #maxOptions: number;
  /** In state `skipping`: the option, and how much of its data is yet to come. */
  #skipped: { readonly option: number; left: number } = { option: 0, left: 0 };
  #shuttingDown = false;
  #failure: unknown;

  constructor(options: ServerHandshakeOptions) {
    const { maxOptions = 1024 } = options;
    this.#handshakeFlags = options.handshakeFlags ?? NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES;
    this.#maxOptions = maxOptions;
    this.#optionsLeft = maxOptions;
    this.#session = {
      offers: {
        directory: options.directory,
        structuredReplies: options.structuredReplies ?? true,
        extendedHeaders: options.extendedHeaders ?? false,
        metaContexts: options.metaContexts ?? true,
        tls: options.tls ?? 'disable',
        list: options.list ?? true,
        requireBlockSize: options.requireBlockSize ?? false,
      },
      outgoing: this.#outgoing,
      fixedNewstyle: false,
      noZeroes: false,
      tls: false,
      structuredReplies: false,
      extendedHeaders: false,
      selected: NOTHING_SELECTED,
    };
    this.#outgoing.append(serverGreeting(this.#handshakeFlags));
  }

  /** The handshake is over: transmission, or the client has left. */
  get finished(): boolean {
    return this.#state === 'ready' || this.#state === 'aborted';
  }

  /**
   * Bytes from the client, in pieces of any size. They are copied.
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
    this.#session.tls = true;
    this.#session.structuredReplies = false;
    this.#session.extendedHeaders = false;
    this.#session.selected = NOTHING_SELECTED;
    this.#state = move(SERVER_TRANSITIONS, this.#state, 'option');
  }

  /** From now on every option but NBD_OPT_ABORT is answered with NBD_REP_ERR_SHUTDOWN. */
  shutdown(): void {
    this.#shuttingDown = true;
  }

  /** What the bytes so far amount to, or NEED_MORE. */
  nextEvent(): ServerHandshakeEvent | NeedMore {
    this.#throwIfDead();
    try {
      for (;;) {
        const step = this.#read();
        if (step === NEED_MORE) return NEED_MORE;
        this.#state = move(SERVER_TRANSITIONS, this.#state, step.next);
        if (step.event !== undefined) return step.event;
      }
    } catch (error) {
      this.#state = 'dead';
      this.#failure = error;
      throw error;
    }
  }

  /** Bytes for the client, possibly none. They are handed over once. */
  takeOutgoing(): Uint8Array {
    return this.#outgoing.rest();
  }

  /** Bytes that arrived after the end of the handshake. */
  rest(): Uint8Array {
    return this.#incoming.rest();
  }

  #read(): ServerStep | NeedMore {
    if (this.#state === 'client-flags') return this.#readClientFlags();
    if (this.#state === 'option') return this.#readOption();
    if (this.#state === 'skipping') return this.#skipData();
    return NEED_MORE;
  }

  #readClientFlags(): ServerStep | NeedMore {
    const view = this.#incoming.peek(4);
    if (view === NEED_MORE) return NEED_MORE;
    const flags = checkClientFlags(view.getUint32(0), this.#handshakeFlags);
    this.#incoming.skip(4);
    this.#session.fixedNewstyle = (flags & NBD_FLAG_C_FIXED_NEWSTYLE) !== 0;
    this.#session.noZeroes = (flags & NBD_FLAG_C_NO_ZEROES) !== 0;
    return { next: 'option' };
  }

  #readOption(): ServerStep | NeedMore {
    const header = peekOptionHeader(this.#incoming);
    if (header === NEED_MORE) return NEED_MORE;
    this.#checkHeader(header);
    const { option, length } = header;
    const tooLong = length > MAX_OPTION_DATA;
    if (!tooLong && this.#incoming.length < OPTION_HEADER_SIZE + length) return NEED_MORE;
    this.#optionsLeft -= 1;
    this.#incoming.skip(OPTION_HEADER_SIZE);
    if (tooLong) {
      this.#skipped = { option, left: length };
      return { next: 'skipping' };
    }
    const data = this.#incoming.take(length);
    if (data === NEED_MORE) return NEED_MORE;
    const step = this.#answer(option, data);
    // Nobody sends before TLS has started, unless to have it taken for something that came through TLS.
    if (step.next === 'tls-handshake' && this.#incoming.length > 0) throw injected(this.#incoming.length);
    return step;
  }

  #answer(option: number, data: Uint8Array): ServerStep {
    return (
      refusedAtTheGate(this.#session, option, this.#shuttingDown) ??
      OPTIONS.get(option)?.answer(this.#session, data) ??
      unsupported(this.#session, option)
    );
  }

  #checkHeader({ option, length }: OptionHeader): void {
    if (this.#optionsLeft === 0) {
      throw new NbdProtocolError('NBD_TOO_MANY_OPTIONS', 'option', `more than ${this.#maxOptions} options`);
    }
    if (this.#outgoing.length > MAX_UNSENT) {
      const detail = `sent before the replies to earlier options were read, ${this.#outgoing.length} bytes wait`;
      throw new NbdProtocolError('NBD_TOO_MANY_OPTIONS', optionName(option), detail);
    }
    // It would not understand an option reply.
    if (!this.#session.fixedNewstyle && option !== NBD_OPT_EXPORT_NAME) {
      throw new NbdProtocolError(
        'NBD_BAD_OPTION',
        optionName(option),
        'sent without NBD_FLAG_C_FIXED_NEWSTYLE',
      );
    }
    const limit = option === NBD_OPT_EXPORT_NAME ? MAX_STRING : MAX_SKIPPED_DATA;
    if (length > limit) {
      const detail = `${length} bytes of data exceed the limit of ${limit}`;
      throw new NbdProtocolError('NBD_OPTION_TOO_LARGE', optionName(option), detail);
    }
  }

  #skipData(): ServerStep | NeedMore {
    this.#skipped.left -= this.#incoming.skip(this.#skipped.left);
    if (this.#skipped.left > 0) return NEED_MORE;
    const { option } = this.#skipped;
    const refusal = refusedAtTheGate(this.#session, option, this.#shuttingDown);
    if (refusal !== undefined) return refusal;
    if (option === NBD_OPT_ABORT) return optionAbort.answer(this.#session, new Uint8Array(0));
    if (!OPTIONS.has(option)) return unsupported(this.#session, option);
    const text = `option data exceeds the limit of ${MAX_OPTION_DATA} bytes`;
    return refuse(this.#session, option, NBD_REP_ERR_TOO_BIG, text);
  }

  #throwIfDead(): void {
    if (this.#state === 'dead') throw this.#failure;
  }
}

function unsupported(session: ServerSession, option: number): ServerStep {
  return refuse(session, option, NBD_REP_ERR_UNSUP, `${optionName(option)} is not supported`);
}

function injected(count: number): NbdProtocolError {
  const detail = `${count} bytes of plain text follow the option, TLS must come next`;
  return new NbdProtocolError('NBD_TLS_INJECTION', 'NBD_OPT_STARTTLS', detail);
}

function misuse(operation: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}
