import {
  NBD_REP_ACK,
  NBD_REP_ERR_EXT_HEADER_REQD,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_TOO_BIG,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_ERR_UNSUP,
  NBD_REP_META_CONTEXT,
} from '../../constants/option-replies.js';
import { NBD_OPT_LIST_META_CONTEXT, NBD_OPT_SET_META_CONTEXT, optionName } from '../../constants/options.js';
import { MAX_META_CONTEXTS, type MetaContext, metaContextViolation } from '../meta-context.js';
import { encodeMetaContext } from '../option-data/meta-context-reply.js';
import { readMetaContextRequest } from '../option-data/meta-context-request.js';
import {
  hiddenByTls,
  NOTHING_SELECTED,
  refuse,
  reply,
  type ServerOption,
  type ServerSession,
  type ServerStep,
  unknownExport,
} from './server-option.js';

export const optionListMetaContext: ServerOption = {
  option: NBD_OPT_LIST_META_CONTEXT,
  answer: (session, data) => answer(session, NBD_OPT_LIST_META_CONTEXT, data),
};

export const optionSetMetaContext: ServerOption = {
  option: NBD_OPT_SET_META_CONTEXT,
  answer(session, data) {
    // proto.md: what was selected before is replaced, also when the option fails.
    session.selected = NOTHING_SELECTED;
    if (session.structuredReplies || !session.offers.metaContexts)
      return answer(session, NBD_OPT_SET_META_CONTEXT, data);
    const text = 'negotiate structured replies or extended headers first';
    return refuse(session, NBD_OPT_SET_META_CONTEXT, NBD_REP_ERR_INVALID, text);
  },
};

function answer(session: ServerSession, option: number, data: Uint8Array): ServerStep {
  if (!session.offers.metaContexts) {
    return refuse(session, option, NBD_REP_ERR_UNSUP, `${optionName(option)} is not supported`);
  }
  const request = readMetaContextRequest(data);
  if ('kind' in request) {
    const type = request.kind === 'invalid' ? NBD_REP_ERR_INVALID : NBD_REP_ERR_TOO_BIG;
    return refuse(session, option, type, request.text);
  }
  const { exportName, queries } = request;
  for (const query of queries) {
    const wrong = metaContextViolation(query);
    if (wrong !== undefined) return refuse(session, option, NBD_REP_ERR_INVALID, `a query ${wrong}`);
  }
  // NBD_REP_ERR_TLS_REQD is for INFO and GO only: to this client the export does not exist.
  const { directory } = session.offers;
  if (hiddenByTls(session, exportName) || directory.find(exportName) === undefined) {
    return refuse(session, option, NBD_REP_ERR_UNKNOWN, unknownExport(exportName));
  }
  const offers = directory.metaContexts?.(exportName) ?? [];
  const wanted = option === NBD_OPT_SET_META_CONTEXT ? selects(queries) : lists(queries);
  const matching = offers
    .map(({ name, wide = false }, id) => ({ name, wide, id }))
    .filter(({ name }) => wanted(name));
  if (matching.length > MAX_META_CONTEXTS) {
    const text = `${matching.length} metadata contexts exceed the limit of ${MAX_META_CONTEXTS}`;
    return refuse(session, option, NBD_REP_ERR_TOO_BIG, text);
  }
  return option === NBD_OPT_SET_META_CONTEXT
    ? select(session, exportName, matching)
    : list(session, matching);
}

type Match = MetaContext & { readonly wide: boolean };

function select(session: ServerSession, exportName: string, matching: readonly Match[]): ServerStep {
  // proto.md: a client without extended headers could not receive the status of a wide one.
  const contexts = matching
    .filter(({ wide }) => session.extendedHeaders || !wide)
    .map(({ id, name }) => Object.freeze({ id, name }));
  for (const context of contexts) {
    reply(session, NBD_OPT_SET_META_CONTEXT, NBD_REP_META_CONTEXT, encodeMetaContext(context));
  }
  session.selected = { exportName, contexts: Object.freeze(contexts) };
  reply(session, NBD_OPT_SET_META_CONTEXT, NBD_REP_ACK);
  return { next: 'option' };
}

function list(session: ServerSession, matching: readonly Match[]): ServerStep {
  for (const { name } of matching) {
    // The id is reserved here and SHOULD be 0.
    const entry = encodeMetaContext({ id: 0, name });
    reply(session, NBD_OPT_LIST_META_CONTEXT, NBD_REP_META_CONTEXT, entry);
  }
  if (!session.extendedHeaders && matching.some(({ wide }) => wide)) {
    const text = 'some of these metadata contexts need extended headers';
    return refuse(session, NBD_OPT_LIST_META_CONTEXT, NBD_REP_ERR_EXT_HEADER_REQD, text);
  }
  reply(session, NBD_OPT_LIST_META_CONTEXT, NBD_REP_ACK);
  return { next: 'option' };
}

/** proto.md: a namespace alone selects nothing. */
function selects(queries: readonly string[]): (name: string) => boolean {
  const wanted = new Set(queries);
  return (name) => wanted.has(name);
}

/** No query lists all; one that ends in a colon, "base:" or "qemu:dirty-bitmap:", lists what starts with it. */
function lists(queries: readonly string[]): (name: string) => boolean {
  if (queries.length === 0) return () => true;
  const names = new Set(queries);
  const prefixes = queries.filter((query) => query.endsWith(':'));
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
