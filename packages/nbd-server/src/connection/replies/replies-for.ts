import type { WriteBatch } from '@coaio/qio-channel';
import type { Negotiated } from '../negotiation.js';
import { ExtendedReplies } from './extended-replies.js';
import type { Replies } from './replies.js';
import { SimpleReplies } from './simple-replies.js';
import { StructuredReplies } from './structured-replies.js';

/** Replies in the form that was negotiated. */
export function repliesFor(negotiated: Negotiated, batch: WriteBatch): Replies {
  if (negotiated.extendedHeaders) return new ExtendedReplies(batch);
  return negotiated.structuredReplies ? new StructuredReplies(batch) : new SimpleReplies(batch);
}
