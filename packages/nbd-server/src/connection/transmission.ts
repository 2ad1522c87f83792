import { aioCoSchedule, type Co, coSelf, coYield } from '@coaio/coroutine';
import {
  DEFAULT_BLOCK_SIZE,
  decodeExtendedRequest,
  decodeRequest,
  extendedPayloadLength,
  MAX_BLOCK_STATUS_PAYLOAD,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_DISC,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NbdProtocolError,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import type { ReadWindow } from '@coaio/qio-channel';
import { ClientDroppedError } from '../client-dropped-error.js';
import type { FreeMemory } from '../free-memory.js';
import { BlockStatusCommand } from './commands/block-status.js';
import type { CommandParts } from './commands/command-parts.js';
import { startEffect } from './commands/effects.js';
import { ReadCommand } from './commands/read.js';
import { WriteCommand } from './commands/write.js';
import { Deferral } from './deferral.js';
import type { InFlight } from './in-flight.js';
import type { Negotiated } from './negotiation.js';
import { PayloadMemory } from './payload-memory.js';
import type { ReadGate } from './read-gate.js';
import { SHUTTING_DOWN } from './refusal.js';
import type { Replies } from './replies/replies.js';
import { newRequest } from './request.js';
import { RequestRules } from './request-rules.js';

/**
 * The longest payload of a refused write that is skipped so as to stay in step: twice what every server must take.
 * A client that announces more is dropped.
 */
const MAX_SKIPPED = 64 * 1024 * 1024;
/** Requests of a client that are taken in one go. Then the others have their turn, for their requests may be there too. */
const MAX_IN_ONE_GO = 64;
/** A go ends sooner if it has taken that long, which requests about much can do. */
const MAX_GO_MS = 1;
const LONG = 64 * 1024;
/** proto.md: with extended headers a client that announces more than the maximum payload SHOULD be dropped. */
const MAX_EXTENDED_PAYLOAD = DEFAULT_BLOCK_SIZE.maximum;

export interface TransmissionParts {
  readonly gate: ReadGate;
  readonly window: ReadWindow;
  readonly negotiated: Negotiated;
  readonly inFlight: InFlight;
  readonly free: FreeMemory;
  readonly replies: Replies;
  /** Whether requests that were not taken yet are refused. */
  readonly draining: () => boolean;
}

/**
 * The transmission phase of one connection: one coroutine reads requests, {@link receive}. What the backend answers
 * at once is answered there. A request that has to wait goes on in a coroutine of its own, so replies leave in
 * whatever order they are ready.
 */
export class Transmission {
  readonly #parts: TransmissionParts;
  readonly #commandParts: CommandParts;
  readonly #request = newRequest();
  /** Requests taken since the client was last waited for. */
  #inOneGo = 0;
  #goBegan = 0;
  readonly #rules: RequestRules;
  readonly #payloads: PayloadMemory;
  readonly #read: ReadCommand;
  readonly #write: WriteCommand;
  readonly #status: BlockStatusCommand;

  constructor(parts: TransmissionParts) {
    const { negotiated, replies, inFlight, window, gate, free } = parts;
    this.#parts = parts;
    this.#rules = new RequestRules(negotiated);
    this.#payloads = new PayloadMemory(window, gate, free);
    this.#commandParts = {
      rules: this.#rules,
      negotiated,
      replies,
      deferral: new Deferral(inFlight, replies),
    };
    this.#read = new ReadCommand(this.#commandParts);
    this.#write = new WriteCommand(this.#commandParts, window, this.#payloads, gate);
    this.#status = new BlockStatusCommand(this.#commandParts);
  }

  /**
   * Takes requests until the client sends NBD_CMD_DISC or closes. Those in flight may still be unanswered then.
   * @throws NbdProtocolError, ClientDroppedError what comes next cannot be read; QIOChannelError
   */
  *receive(): Co<void> {
    const { window, gate, inFlight, replies, draining, negotiated } = this.#parts;
    const { extendedHeaders } = negotiated;
    const decode = extendedHeaders ? decodeExtendedRequest : decodeRequest;
    const request = this.#request;
    for (;;) {
      const next = decode(window.view, window.at, window.end, request, MAX_EXTENDED_PAYLOAD);
      if (next === NEED_MORE) {
        const count = yield* window.fill(this.#payloads.nextHeaderLimit());
        this.#beginGo();
        if (count > 0) continue;
        if (window.available > 0) this.#ended('request header');
        return;
      }
      window.at = next;
      const { type } = request;
      if (type === NBD_CMD_DISC) return;
      let refusal = this.#rules.judge(request);
      let unread = 0;
      if (extendedHeaders) unread = extendedPayloadLength(request);
      else if (type === NBD_CMD_WRITE) unread = request.length;
      if (refusal === null && type === NBD_CMD_BLOCK_STATUS && hasPayload(request.flags)) {
        if (!(yield* this.#arrived(unread))) return;
        refusal = this.#status.takePayload(request, window);
        if (refusal === null) {
          unread = 0;
          refusal = this.#rules.judgeStatus(request);
        }
      }
      const held = refusal === null ? this.#held() : 0;
      if (!inFlight.take(held) || gate.isShut || this.#inOneGo >= MAX_IN_ONE_GO) {
        yield* this.#turn(held);
        refusal ??= this.#rules.judgeAgain(request);
      }
      this.#inOneGo++;
      if (draining()) refusal = SHUTTING_DOWN;
      if (refusal !== null) {
        inFlight.handedOn();
        if (unread > 0 && !(yield* this.#skip(unread))) return;
        replies.failure(request, refusal);
      } else if (type === NBD_CMD_READ) this.#read.start(request);
      else if (type === NBD_CMD_WRITE) {
        if (!this.#write.startArrived(request) && !(yield* this.#write.receive(request))) {
          this.#ended('payload of NBD_CMD_WRITE');
          return;
        }
      } else if (type === NBD_CMD_BLOCK_STATUS) this.#status.start(request);
      else startEffect(request, this.#commandParts);
      inFlight.handedOn();
      // A short read or write takes as long as a look at the clock.
      const isShort = type <= NBD_CMD_WRITE && request.length < LONG;
      if (!isShort && performance.now() - this.#goBegan > MAX_GO_MS) this.#inOneGo = MAX_IN_ONE_GO;
    }
  }

  #beginGo(): void {
    this.#inOneGo = 0;
    this.#goBegan = performance.now();
  }

  /** Waits until a request that will hold that many bytes may be taken. */
  *#turn(held: number): Co<void> {
    const { gate, inFlight, draining } = this.#parts;
    if (this.#inOneGo >= MAX_IN_ONE_GO) {
      const self = coSelf();
      if (self.context !== undefined) aioCoSchedule(self.context, self);
      yield* coYield();
      this.#beginGo();
    }
    for (;;) {
      // Who is drained keeps nothing that others wait for.
      inFlight.handedOn();
      yield* gate.pass();
      const isTaken = yield* inFlight.taken(held);
      if (isTaken ? !gate.isShut : draining()) return;
    }
  }

  /** Bytes that the request will hold, of a payload or of its reply. */
  #held(): number {
    const request = this.#request;
    if (request.type <= NBD_CMD_WRITE) return request.length;
    return request.type === NBD_CMD_BLOCK_STATUS ? this.#status.replySize(request) : 0;
  }

  /** Has the payload of an NBD_CMD_BLOCK_STATUS in the window, if it is not too long for one. */
  *#arrived(length: number): Co<boolean> {
    const { window } = this.#parts;
    if (length > MAX_BLOCK_STATUS_PAYLOAD) return true;
    while (window.available < length) {
      if ((yield* window.fill()) > 0) continue;
      this.#ended('payload of NBD_CMD_BLOCK_STATUS');
      return false;
    }
    return true;
  }

  *#skip(length: number): Co<boolean> {
    if (length > MAX_SKIPPED) throw tooLong(length);
    if (yield* this.#parts.window.skip(length)) return true;
    this.#ended('payload of a refused request');
    return false;
  }

  /** The stream is at its end, where the client should not have left. */
  #ended(within: string): void {
    if (this.#parts.draining()) return;
    const detail = 'the client closed the connection in the middle of it';
    throw new NbdProtocolError('NBD_UNEXPECTED_EOF', within, detail);
  }
}

function hasPayload(flags: number): boolean {
  return (flags & NBD_CMD_FLAG_PAYLOAD_LEN) !== 0;
}

function tooLong(length: number): ClientDroppedError {
  const detail = `refused, and its payload of ${length} bytes exceeds the ${MAX_SKIPPED} that are skipped`;
  return new ClientDroppedError('NBD_REQUEST_TOO_LARGE', 'NBD_CMD_WRITE', detail);
}
