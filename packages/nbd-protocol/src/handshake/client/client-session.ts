import type { NbdOptionRefusedError } from '../../errors/option-refused-error.js';
import type { ExportInfo, ExportListing } from '../export-info.js';
import type { MetaContext } from '../meta-context.js';
import type { NbdTlsPolicy } from '../tls-policy.js';
import { CollectedInfo } from './collected-info.js';

export type ClientHandshakeEvent =
  /** Transmission starts with the next byte. */
  | {
      readonly type: 'ready';
      readonly export: ExportInfo;
      /** Replies come in chunks: structured ones, or extended ones with `extendedHeaders`. */
      readonly structuredReplies: boolean;
      readonly extendedHeaders: boolean;
      /** Contexts that NBD_CMD_BLOCK_STATUS reports on. */
      readonly metaContexts: readonly MetaContext[];
      readonly fixedNewstyle: boolean;
      /** The connection is inside TLS. */
      readonly tls: boolean;
    }
  | { readonly type: 'info'; readonly export: ExportInfo; readonly metaContexts: readonly MetaContext[] }
  | { readonly type: 'list'; readonly exports: readonly ExportListing[] }
  | { readonly type: 'refused'; readonly error: NbdOptionRefusedError }
  /** Start TLS on the connection, then call `tlsStarted()`. */
  | { readonly type: 'starttls' }
  /** Goal `options`: choose one with `ask()`. Comes once, and again after TLS has started. */
  | { readonly type: 'negotiating'; readonly fixedNewstyle: boolean; readonly tls: boolean }
  /** Goal `options`: the server does what NBD_OPT_STRUCTURED_REPLY or NBD_OPT_EXTENDED_HEADERS asked. */
  | { readonly type: 'accepted'; readonly option: number }
  /** Goal `options`: the answer to NBD_OPT_LIST_META_CONTEXT or NBD_OPT_SET_META_CONTEXT. */
  | {
      readonly type: 'meta-contexts';
      readonly option: number;
      readonly contexts: readonly MetaContext[];
    };

export type ClientGoal = 'go' | 'info' | 'list' | 'options';

/** What the client wants and what it has learned so far. */
export interface ClientSession {
  readonly goal: ClientGoal;
  readonly tlsPolicy: NbdTlsPolicy;
  readonly wantsStructuredReplies: boolean;
  readonly wantsExtendedHeaders: boolean;
  // What the option under way is about; by hand, each `ask()` sets it.
  exportName: string;
  requestInfo: boolean;
  queries: readonly string[];
  /** The option under way was chosen with `ask()`. */
  byHand: boolean;
  // What the server has agreed to.
  fixedNewstyle: boolean;
  noZeroes: boolean;
  tls: boolean;
  structuredReplies: boolean;
  extendedHeaders: boolean;
  selected: { readonly exportName: string; readonly contexts: readonly MetaContext[] };
  // The answer under way.
  info: CollectedInfo;
  listing: ExportListing[];
  contexts: MetaContext[];
}

export type ClientWishes = Pick<
  ClientSession,
  | 'goal'
  | 'tlsPolicy'
  | 'wantsStructuredReplies'
  | 'wantsExtendedHeaders'
  | 'exportName'
  | 'requestInfo'
  | 'queries'
>;

export function newClientSession(wishes: ClientWishes): ClientSession {
  return {
    ...wishes,
    byHand: false,
    fixedNewstyle: false,
    noZeroes: false,
    tls: false,
    structuredReplies: false,
    extendedHeaders: false,
    selected: NOTHING_SELECTED,
    info: new CollectedInfo(),
    listing: [],
    contexts: [],
  };
}

/** proto.md: neither side may keep what was negotiated before NBD_OPT_STARTTLS; anybody could have said it. */
export function enterTls(session: ClientSession): void {
  session.tls = true;
  session.structuredReplies = false;
  session.extendedHeaders = false;
  session.selected = NOTHING_SELECTED;
  session.info = new CollectedInfo();
  session.listing = [];
  session.contexts = [];
}

export const NOTHING_SELECTED: ClientSession['selected'] = Object.freeze({
  exportName: '',
  contexts: Object.freeze([]),
});
