import { quotedName } from '../../bytes/safe-text.js';
import { encodeString } from '../../bytes/string.js';
import {
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
  optionName,
} from '../../constants/options.js';
import { NbdUsageError } from '../../errors/usage-error.js';
import { MAX_META_CONTEXTS, metaContextViolation } from '../meta-context.js';
import type { ClientState } from '../transitions.js';
import type { ClientSession } from './client-session.js';

/** One option of a client that negotiates by hand. */
export type ClientOption =
  | {
      readonly option:
        | typeof NBD_OPT_ABORT
        | typeof NBD_OPT_LIST
        | typeof NBD_OPT_STARTTLS
        | typeof NBD_OPT_STRUCTURED_REPLY
        | typeof NBD_OPT_EXTENDED_HEADERS;
    }
  | { readonly option: typeof NBD_OPT_EXPORT_NAME; readonly exportName: string }
  | {
      readonly option: typeof NBD_OPT_INFO | typeof NBD_OPT_GO;
      readonly exportName: string;
      /** Ask for name, description and block sizes; default true. */
      readonly requestInfo?: boolean;
    }
  | {
      readonly option: typeof NBD_OPT_LIST_META_CONTEXT | typeof NBD_OPT_SET_META_CONTEXT;
      readonly exportName: string;
      /** "base:allocation", or what else the server knows. None: list all, select none. */
      readonly queries: readonly string[];
    };

const STATES: ReadonlyMap<number, ClientState> = new Map<number, ClientState>([
  [NBD_OPT_EXPORT_NAME, 'export-name'],
  [NBD_OPT_ABORT, 'aborting'],
  [NBD_OPT_LIST, 'list'],
  [NBD_OPT_STARTTLS, 'starttls'],
  [NBD_OPT_INFO, 'info'],
  [NBD_OPT_GO, 'go'],
  [NBD_OPT_STRUCTURED_REPLY, 'structured-reply'],
  [NBD_OPT_LIST_META_CONTEXT, 'list-meta-context'],
  [NBD_OPT_SET_META_CONTEXT, 'set-meta-context'],
  [NBD_OPT_EXTENDED_HEADERS, 'extended-headers'],
]);

/**
 * Notes what `question` is about, and says in which state its answer is awaited.
 * @throws NbdUsageError an option that the specification forbids at this point, or strings it does not allow
 */
export function stateFor(session: ClientSession, question: ClientOption): ClientState {
  const { option } = question;
  const state = STATES.get(option);
  if (state === undefined) throw forbidden(option, 'no option that a client can ask');
  const wrong = violation(session, option);
  if (wrong !== undefined) throw forbidden(option, wrong);
  if ('queries' in question) checkMetaContexts(question.queries);
  if ('exportName' in question) {
    encodeString(question.exportName, 'export name');
    session.exportName = question.exportName;
    session.requestInfo = 'requestInfo' in question ? (question.requestInfo ?? true) : true;
    session.queries = 'queries' in question ? [...question.queries] : [];
  }
  session.byHand = true;
  // Servers that are not fixed newstyle do not know NBD_OPT_ABORT: one just hangs up.
  return option === NBD_OPT_ABORT && !session.fixedNewstyle ? 'finished' : state;
}

/** @throws NbdUsageError too many, too long, or without a namespace */
export function checkMetaContexts(queries: readonly string[]): void {
  if (queries.length > MAX_META_CONTEXTS) {
    throw unusable(`${queries.length} metadata contexts exceed the limit of ${MAX_META_CONTEXTS}`);
  }
  for (const query of queries) {
    const wrong = metaContextViolation(query);
    if (wrong !== undefined) throw unusable(`metadata context ${quotedName(query)} ${wrong}`);
    encodeString(query, 'metadata context');
  }
}

// What the specification forbids a client. The server could only answer with an error, or hang up.
function violation(session: ClientSession, option: number): string | undefined {
  const { fixedNewstyle, tls, structuredReplies, extendedHeaders } = session;
  if (!fixedNewstyle && option !== NBD_OPT_EXPORT_NAME && option !== NBD_OPT_ABORT) {
    return 'the server does not speak fixed newstyle, it knows NBD_OPT_EXPORT_NAME alone';
  }
  if (option === NBD_OPT_STARTTLS && tls) return 'TLS has already been started';
  if (option === NBD_OPT_EXPORT_NAME && extendedHeaders)
    return 'extended headers were negotiated, use NBD_OPT_GO';
  if (option === NBD_OPT_SET_META_CONTEXT && !structuredReplies) {
    return 'negotiate structured replies or extended headers first';
  }
  return undefined;
}

function forbidden(option: number, why: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', optionName(option), why);
}

function unusable(detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', 'handshake', detail);
}
