import type { Deferral } from '../deferral.js';
import type { Negotiated } from '../negotiation.js';
import type { Replies } from '../replies/replies.js';
import type { RequestRules } from '../request-rules.js';

/** What the commands of one connection share. */
export interface CommandParts {
  readonly rules: RequestRules;
  readonly negotiated: Negotiated;
  readonly replies: Replies;
  readonly deferral: Deferral;
}
