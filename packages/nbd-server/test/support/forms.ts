import type { RawClientOptions } from './raw-client.js';
import { extended, request } from './raw-client.js';

/** What a client may negotiate: its options, and how its requests are written. */
export const FORMS = [
  ['simple replies', { structuredReplies: false }, request],
  ['structured replies', {}, request],
  ['extended headers', { extendedHeaders: true }, extended],
] as const satisfies readonly (readonly [string, RawClientOptions, typeof request])[];
