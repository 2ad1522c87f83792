/**
 * QEMU's states of an NBD client, for all of its connections together. `connected`: at least one takes requests.
 * `connecting-wait`: none does, requests wait for one until the reconnect delay is over. `connecting-nowait`: none does, requests
 * fail at once; connecting goes on. `quit`: no connection is wanted any more, or none can be had.
 */
export type GroupState = 'connected' | 'connecting-wait' | 'connecting-nowait' | 'quit';

export const GROUP_TRANSITIONS: Readonly<Record<GroupState, readonly GroupState[]>> = {
  connected: ['connecting-wait', 'connecting-nowait', 'quit'],
  'connecting-wait': ['connected', 'connecting-nowait', 'quit'],
  'connecting-nowait': ['connected', 'quit'],
  quit: [],
};
