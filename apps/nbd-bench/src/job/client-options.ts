import type { NbdClientOptions } from '@coaio/nbd-client';
import type { Target } from './job-plan.js';

/** How a client connects to `target`. */
export function clientOptions({ uri, tls, replies }: Target): NbdClientOptions {
  return {
    uri,
    ...(tls === undefined ? {} : { tls }),
    ...(replies === 'simple' ? { structuredReplies: false } : {}),
    ...(replies === 'simple' || replies === 'structured' ? { extendedHeaders: false } : {}),
  };
}
