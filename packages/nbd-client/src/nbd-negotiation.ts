import type { Co } from '@coaio/coroutine';
import {
  type ClientOption,
  type ExportInfo,
  type ExportListing,
  type MetaContext,
  NBD_OPT_ABORT,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_GO,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_LIST_META_CONTEXT,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STARTTLS,
  NBD_OPT_STRUCTURED_REPLY,
  NbdOptionRefusedError,
  NbdUsageError,
  optionName,
} from '@coaio/nbd-protocol';
import { NbdClient } from './nbd-client.js';
import type { ConnectTarget } from './nbd-client-options.js';
import { type NegotiationState, TRANSITIONS } from './nbd-negotiation-state.js';
import { AttemptLimit } from './negotiation/attempt-limit.js';
import { connectFailure } from './negotiation/connect-failure.js';
import { type ConnectPlan, planConnect } from './negotiation/connect-plan.js';
import { GivenChannel } from './negotiation/given-channel.js';
import type { HandshakeEvent, HandshakeExchange } from './negotiation/handshake-exchange.js';
import { expected, negotiated } from './negotiation/negotiate.js';
import { openExchange, runLimited } from './negotiation/open-connection.js';

/**
 * Fixed newstyle haggling by hand: one option at a time, until {@link go} or {@link exportName} makes a client of it, or {@link abort}
 * ends it. A refused option rejects with NbdOptionRefusedError, and another may be asked; any other failure ends it. Each call has
 * `openTimeoutMs`.
 *
 * With an `nbds:` URI, or the TLS policy `require`, it is inside TLS from the start. With `allow` it is {@link startTls} that begins it.
 *
 * @throws all but {@link open}: NbdUsageError `NBD_CLOSED` once it has ended, `NBD_BUSY` while an option is unanswered,
 * `NBD_BAD_ARGUMENT` for what the specification does not allow at this point; also as {@link NbdClient.connect}.
 * @thread home
 */
export class NbdNegotiation {
  readonly #exchange: HandshakeExchange;
  readonly #plan: ConnectPlan;
  /** An oldstyle server's, which leaves nothing to ask. */
  readonly #taken: Extract<HandshakeEvent, { type: 'ready' }> | undefined;
  readonly #abandon = (): void => this.#end('the signal was aborted');
  #state: NegotiationState = 'idle';
  #endedBy = '';

  /** Whether options can be asked at all. Else a client comes of `exportName('')` alone, or of an older server's name. */
  readonly fixedNewstyle: boolean;

  /** Connects, and reads the greeting. Throws as {@link NbdClient.connect} does. */
  static open(target: ConnectTarget): Promise<NbdNegotiation>;
  static async open(target: ConnectTarget, ...after: unknown[]): Promise<NbdNegotiation> {
    const plan = planConnect(target, 'open', after);
    const { policy } = plan.tls;
    const { exchange, outcome } = await openExchange(
      plan,
      'options',
      (opened) => opened.next(),
      plan.signal,
      policy === 'allow' ? 'disable' : policy,
    );
    if (outcome.type === 'refused') {
      exchange.channel.close();
      throw outcome.error;
    }
    return new NbdNegotiation(exchange, plan, outcome);
  }

  private constructor(exchange: HandshakeExchange, plan: ConnectPlan, start: HandshakeEvent) {
    this.#exchange = exchange;
    this.#plan = plan;
    this.#taken = start.type === 'ready' ? start : undefined;
    this.fixedNewstyle = start.type === 'negotiating' && start.fixedNewstyle;
    plan.signal?.addEventListener('abort', this.#abandon);
  }

  /** Goes on inside TLS (`NBD_OPT_STARTTLS`), by the `tls` of {@link open}. Nothing that was agreed on before still holds. */
  async startTls(): Promise<void> {
    const { policy } = this.#plan.tls;
    if (policy === 'disable')
      throw misuse(NBD_OPT_STARTTLS, 'NBD_BAD_ARGUMENT', 'open() was told of no TLS, give it `tls`');
    await this.#ask({ option: NBD_OPT_STARTTLS }, 'negotiating');
  }

  /** Chunks in replies (`NBD_OPT_STRUCTURED_REPLY`). */
  async structuredReply(): Promise<void> {
    await this.#ask({ option: NBD_OPT_STRUCTURED_REPLY }, 'accepted');
  }

  /** 64-bit lengths, and chunks in replies (`NBD_OPT_EXTENDED_HEADERS`, experimental). */
  async extendedHeaders(): Promise<void> {
    await this.#ask({ option: NBD_OPT_EXTENDED_HEADERS }, 'accepted');
  }

  /** `NBD_OPT_LIST`. */
  async list(): Promise<readonly ExportListing[]> {
    return (await this.#ask({ option: NBD_OPT_LIST }, 'list')).exports;
  }

  /** `NBD_OPT_INFO`. */
  async info(exportName: string): Promise<ExportInfo> {
    const { requestInfo } = this.#plan;
    return (await this.#ask({ option: NBD_OPT_INFO, exportName, requestInfo }, 'info')).export;
  }

  /** What of `queries` an export has, or all (`NBD_OPT_LIST_META_CONTEXT`). */
  async listMetaContexts(
    exportName: string,
    queries: readonly string[] = [],
  ): Promise<readonly MetaContext[]> {
    const question = { option: NBD_OPT_LIST_META_CONTEXT, exportName, queries } as const;
    return (await this.#ask(question, 'meta-contexts')).contexts;
  }

  /** Selects for block status, in place of what was selected before (`NBD_OPT_SET_META_CONTEXT`). @returns those that it has. */
  async setMetaContexts(exportName: string, queries: readonly string[]): Promise<readonly MetaContext[]> {
    const question = { option: NBD_OPT_SET_META_CONTEXT, exportName, queries } as const;
    return (await this.#ask(question, 'meta-contexts')).contexts;
  }

  /**
   * Opens an export (`NBD_OPT_GO`). The connection is the client's from now on. It is its only one, and is not made again when it is
   * lost, whatever `connections` and `reconnectDelayMs` say.
   */
  async go(exportName: string): Promise<NbdClient> {
    const { requestInfo } = this.#plan;
    return await this.#enter({ option: NBD_OPT_GO, exportName, requestInfo });
  }

  /** Opens an export the old way (`NBD_OPT_EXPORT_NAME`), as {@link go} does: a server that does not have it can only hang up. */
  async exportName(exportName: string): Promise<NbdClient> {
    return await this.#enter({ option: NBD_OPT_EXPORT_NAME, exportName });
  }

  /** Tells the server that nothing comes of it (`NBD_OPT_ABORT`), and disconnects. Ended already: does nothing. */
  async abort(): Promise<void> {
    if (this.#state === 'ended') return;
    try {
      if (this.#taken === undefined && this.#state === 'idle') {
        await this.#turn(NBD_OPT_ABORT, () => this.#exchange.leave());
      }
    } finally {
      this.#end('abort() was called');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  async #ask<Type extends HandshakeEvent['type']>(
    question: ClientOption,
    answer: Type,
  ): Promise<Extract<HandshakeEvent, { type: Type }>> {
    const event = await this.#turn(question.option, () => this.#exchange.ask(question), question);
    if (event.type === 'refused' && event.error.code === 'NBD_SHUTDOWN') {
      this.#end('the server shuts down');
    }
    return expected(answer, event);
  }

  async #enter(question: Extract<ClientOption, { exportName: string; queries?: never }>): Promise<NbdClient> {
    const ready = await this.#ask(question, 'ready');
    const opened = { channel: this.#exchange.channel, negotiated: negotiated(ready, this.#exchange) };
    this.#move('ended');
    this.#endedBy = 'it has become a client';
    // What was agreed on by hand could not be agreed on again by itself.
    const alone = { connections: 1, reconnectDelayMs: undefined, where: { given: new GivenChannel(null) } };
    return NbdClient.over(opened, { ...this.#plan, ...alone, exportName: question.exportName });
  }

  /** The server's turn: until it has answered nobody else may ask. What is no refusal ends all. */
  async #turn<T>(option: number, body: () => Co<T>, question?: ClientOption): Promise<T> {
    if (this.#state === 'ended') throw this.#over(option);
    if (this.#state === 'asking') throw misuse(option, 'NBD_BUSY', 'another option is unanswered');
    if (this.#taken !== undefined) return this.#oldstyle(option, this.#taken, question) as T;
    this.#move('asking');
    const limit = new AttemptLimit(optionName(option), this.#plan, this.#plan.signal);
    try {
      const answer = await runLimited(limit, this.#plan, this.#exchange, body);
      if (this.#isIn('asking')) this.#move('idle');
      return answer;
    } catch (error) {
      // abort() came in between: what that looks like from here is not why.
      const aborted = this.#isIn('ended') && !limit.signal.aborted;
      if (aborted) throw this.#over(option);
      // Nothing was sent.
      if (error instanceof NbdUsageError && this.#isIn('asking')) this.#move('idle');
      else this.#end(error instanceof Error ? error.message : String(error));
      throw limit.signal.aborted ? limit.signal.reason : connectFailure(optionName(option), error);
    } finally {
      limit.release();
    }
  }

  #oldstyle(option: number, ready: HandshakeEvent, question: ClientOption | undefined): HandshakeEvent {
    const enters = option === NBD_OPT_GO || option === NBD_OPT_EXPORT_NAME;
    const exportName = question !== undefined && 'exportName' in question ? question.exportName : undefined;
    if (enters && exportName === '') return ready;
    const reason = 'an oldstyle server has one export, without a name, and nothing to ask';
    const error = new NbdOptionRefusedError({ option, reply: 0, exportName, reason }, 'NBD_UNSUPPORTED');
    return { type: 'refused', error };
  }

  #over(option: number): NbdUsageError {
    return misuse(option, 'NBD_CLOSED', `the negotiation is over: ${this.#endedBy}`);
  }

  #end(why: string): void {
    if (this.#state === 'ended') return;
    this.#move('ended');
    this.#endedBy = why;
    this.#exchange.channel.close();
  }

  /** A method, for the state may change at every await. */
  #isIn(state: NegotiationState): boolean {
    return this.#state === state;
  }

  #move(to: NegotiationState): void {
    if (!TRANSITIONS[this.#state].includes(to)) {
      throw new Error(`negotiation cannot go from ${this.#state} to ${to}`);
    }
    this.#state = to;
    if (to === 'ended') this.#plan.signal?.removeEventListener('abort', this.#abandon);
  }
}

function misuse(
  option: number,
  code: 'NBD_CLOSED' | 'NBD_BUSY' | 'NBD_BAD_ARGUMENT',
  why: string,
): NbdUsageError {
  return new NbdUsageError(code, optionName(option), why);
}
