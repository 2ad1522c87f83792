/**
 * `free`: the slot is nobody's. `waiting`: sent, its coroutine waits. `given-up`: sent, nobody waits any more: its reply is read and
 * dropped when it comes. `answered`: the reply is here, or never will be; its coroutine has yet to come by.
 */
export type RequestState = 'free' | 'waiting' | 'given-up' | 'answered';

export const REQUEST_TRANSITIONS: Readonly<Record<RequestState, readonly RequestState[]>> = {
  free: ['waiting'],
  waiting: ['answered', 'given-up'],
  'given-up': ['answered', 'free'],
  answered: ['free'],
};
