import type { Co } from '@coaio/coroutine';
import {
  type ClientOption,
  type ExportInfo,
  type ExportListing,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_LIST_META_CONTEXT,
  NBD_OPT_STRUCTURED_REPLY,
  NbdOptionRefusedError,
} from '@coaio/nbd-protocol';
import type { ConnectPlan } from './connect-plan.js';
import type { HandshakeEvent, HandshakeExchange } from './handshake-exchange.js';
import { expected } from './negotiate.js';

/** An export, as a server tells of it without serving it. */
export interface ExportDescription {
  readonly export: ExportInfo;
  /** Names of all that block status could report on. */
  readonly metaContexts: readonly string[];
  readonly structuredReplies: boolean;
  readonly extendedHeaders: boolean;
  readonly fixedNewstyle: boolean;
  /** It was told inside TLS. */
  readonly tls: boolean;
}

/** An entry of a list with all that the server tells of it, or why it tells no more. */
export interface DescribedListing extends ExportListing {
  readonly info?: ExportInfo;
  readonly metaContexts: readonly string[];
  /** For people who see the list: one export may be out of reach, and the others not. */
  readonly error?: NbdOptionRefusedError;
}

/** The exports (`NBD_OPT_LIST`); the goal is `list`. */
export function* listExports(exchange: HandshakeExchange): Co<readonly ExportListing[]> {
  return expected('list', yield* exchange.next()).exports;
}

/** The exports, each with its `NBD_OPT_INFO`; the goal is `options`. */
export function* describeExports(exchange: HandshakeExchange, plan: ConnectPlan): Co<DescribedListing[]> {
  fixedNewstyle(yield* exchange.next(), NBD_OPT_LIST);
  // Before the list: what is asked for decides about flags.
  yield* agreeOnReplies(exchange, plan);
  const { exports } = expected('list', yield* exchange.ask({ option: NBD_OPT_LIST }));
  const described: DescribedListing[] = [];
  for (const listing of exports) described.push(yield* describeListing(exchange, plan, listing));
  yield* exchange.leave();
  return described;
}

/** The plan's export, without transmission; the goal is `options`. */
export function* describeExport(exchange: HandshakeExchange, plan: ConnectPlan): Co<ExportDescription> {
  const { exportName } = plan;
  const start = yield* exchange.next();
  // Oldstyle: it has said all that it will.
  if (start.type === 'ready') {
    const { type, ...said } = start;
    return { ...said, metaContexts: [] };
  }
  const { tls } = fixedNewstyle(start, NBD_OPT_INFO, exportName);
  const replies = yield* agreeOnReplies(exchange, plan);
  const metaContexts = yield* listContexts(exchange, exportName);
  const info = yield* askInfo(exchange, plan, exportName);
  yield* exchange.leave();
  return { export: info, metaContexts, ...replies, fixedNewstyle: true, tls };
}

function* describeListing(
  exchange: HandshakeExchange,
  plan: ConnectPlan,
  listing: ExportListing,
): Co<DescribedListing> {
  try {
    const info = yield* askInfo(exchange, plan, listing.name);
    return { ...listing, info, metaContexts: yield* listContexts(exchange, listing.name) };
  } catch (error) {
    if (!(error instanceof NbdOptionRefusedError) || error.code === 'NBD_SHUTDOWN') throw error;
    return { ...listing, metaContexts: [], error };
  }
}

function* askInfo(exchange: HandshakeExchange, plan: ConnectPlan, exportName: string): Co<ExportInfo> {
  const { requestInfo } = plan;
  return expected('info', yield* exchange.ask({ option: NBD_OPT_INFO, exportName, requestInfo })).export;
}

function* agreeOnReplies(
  exchange: HandshakeExchange,
  plan: ConnectPlan,
): Co<Pick<ExportDescription, 'structuredReplies' | 'extendedHeaders'>> {
  const extendedHeaders =
    plan.extendedHeaders && (yield* agrees(exchange, { option: NBD_OPT_EXTENDED_HEADERS }));
  if (extendedHeaders || !plan.structuredReplies)
    return { structuredReplies: extendedHeaders, extendedHeaders };
  return {
    structuredReplies: yield* agrees(exchange, { option: NBD_OPT_STRUCTURED_REPLY }),
    extendedHeaders,
  };
}

/** A server that does not know of contexts has none. */
function* listContexts(exchange: HandshakeExchange, exportName: string): Co<readonly string[]> {
  const event = yield* exchange.ask({ option: NBD_OPT_LIST_META_CONTEXT, exportName, queries: [] });
  return event.type === 'meta-contexts' ? event.contexts.map(({ name }) => name) : declined(event, []);
}

function* agrees(exchange: HandshakeExchange, option: ClientOption): Co<boolean> {
  const event = yield* exchange.ask(option);
  return event.type === 'accepted' || declined(event, false);
}

/** `fallback`, unless the server wants us gone: then no other option can be asked. */
function declined<T>(event: HandshakeEvent, fallback: T): T {
  if (event.type === 'refused' && event.error.code !== 'NBD_SHUTDOWN') return fallback;
  expected('accepted', event);
  return fallback;
}

/** @throws NbdOptionRefusedError `NBD_UNSUPPORTED`: a server of an older style, which knows no option but to enter transmission. */
function fixedNewstyle(
  event: HandshakeEvent,
  option: number,
  exportName?: string,
): Extract<HandshakeEvent, { type: 'negotiating' }> {
  if (event.type === 'negotiating' && event.fixedNewstyle) return event;
  if (event.type === 'refused') throw event.error;
  const reason = 'the server does not speak fixed newstyle';
  throw new NbdOptionRefusedError({ option, reply: 0, exportName, reason }, 'NBD_UNSUPPORTED');
}
