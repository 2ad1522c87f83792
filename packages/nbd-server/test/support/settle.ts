/** Lets everything happen that can happen by itself: many turns of the event loop. */
export async function settle(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
}
