/**
 * `idle`: an option may be asked. `asking`: the server has the word. `ended`: it went over to a client, was given up, or broke; the
 * channel is not ours any more, or closed.
 */
export type NegotiationState = 'idle' | 'asking' | 'ended';

export const TRANSITIONS: Readonly<Record<NegotiationState, readonly NegotiationState[]>> = {
  idle: ['asking', 'ended'],
  asking: ['idle', 'ended'],
  ended: [],
};
