import { expect, test } from 'vitest';
import { DISK, directoryOf, shakeHands } from './support/handshake-pair.js';

test.each(['go', 'info'] as const)('%s of an unknown export', (goal) => {
  for (const split of [1, 7, 1000]) {
    const outcome = shakeHands({ goal, exportName: 'nope' }, { directory: directoryOf(DISK) }, split);
    const [event] = outcome.clientEvents;
    const option = goal === 'go' ? 'NBD_OPT_GO' : 'NBD_OPT_INFO';
    expect(event?.type === 'refused' && event.error).toMatchObject({
      name: 'NbdOptionRefusedError',
      code: 'NBD_EXPORT_UNKNOWN',
      fault: 'server',
      operation: option,
      exportName: 'nope',
      reply: 0x80000006,
      serverText: 'there is no export "nope"',
      message:
        `${option} "nope": the export is not available (NBD_REP_ERR_UNKNOWN), ` +
        'server says: there is no export "nope"',
    });
    // Left politely: NBD_OPT_ABORT and its acknowledgement.
    expect(outcome.serverEvents).toEqual([{ type: 'aborted' }]);
    expect(outcome.client.finished).toBe(true);
    expect(outcome.clientEvents).toHaveLength(1);
  }
});
