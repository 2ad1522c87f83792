import type { ClientState } from '../transitions.js';
import type { ClientStep } from './client-phase.js';
import type { ClientHandshakeEvent, ClientSession } from './client-session.js';

/**
 * The way through option haggling, in the order in which options depend on each other: TLS first, for what was
 * agreed before it is void; extended headers before structured replies, which they make superfluous; contexts after
 * either, since they need chunks. Each stop is made when `wanted` says so at the time. Goal `options` makes its own
 * way once TLS is settled.
 */
const ITINERARY: readonly { readonly state: ClientState; wanted(session: ClientSession): boolean }[] = [
  { state: 'starttls', wanted: ({ tlsPolicy, tls }) => tlsPolicy !== 'disable' && !tls },
  { state: 'negotiating', wanted: ({ goal }) => goal === 'options' },
  // A list has no use for the rest; for info it decides about flags and contexts.
  { state: 'list', wanted: ({ goal }) => goal === 'list' },
  { state: 'extended-headers', wanted: ({ wantsExtendedHeaders }) => wantsExtendedHeaders },
  {
    state: 'structured-reply',
    wanted: ({ wantsStructuredReplies, extendedHeaders }) => wantsStructuredReplies && !extendedHeaders,
  },
  {
    state: 'set-meta-context',
    wanted: ({ queries, structuredReplies }) => queries.length > 0 && structuredReplies,
  },
  { state: 'info', wanted: ({ goal }) => goal === 'info' },
  { state: 'go', wanted: () => true },
];

/** The step to the first stop after `from` that is wanted. `from` = greeting: the first of all. */
export function stepAfter(session: ClientSession, from: ClientState, send?: Uint8Array): ClientStep {
  const passed = ITINERARY.findIndex(({ state }) => state === from);
  const stop = ITINERARY.slice(passed + 1).find(({ wanted }) => wanted(session));
  const next = stop?.state ?? 'go';
  return {
    next,
    ...(send === undefined ? {} : { send }),
    ...(next === 'negotiating' ? { event: negotiating(session) } : {}),
  };
}

function negotiating({ fixedNewstyle, tls }: ClientSession): ClientHandshakeEvent {
  return { type: 'negotiating', fixedNewstyle, tls };
}
