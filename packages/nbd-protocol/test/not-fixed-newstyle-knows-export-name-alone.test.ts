import { ClientHandshake, NBD_FLAG_NO_ZEROES } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf, shakeHands } from './support/handshake-pair.js';
import { concat, greeting, option, text, u16, u32, u64 } from './support/wire.js';

test('go sends NBD_OPT_EXPORT_NAME at once, with simple replies', () => {
  const server = concat(greeting(0), u64(512n), u16(1), new Uint8Array(124));
  const played = playThreeWays(server, () => new ClientHandshake({ goal: 'go', exportName: 'disk' }));
  expect(played.events).toMatchObject([{ type: 'ready', structuredReplies: false, fixedNewstyle: false }]);
  expect(played.outgoing).toEqual(concat(u32(0), option(1, text('disk'))));
});

test.each([0, NBD_FLAG_NO_ZEROES])(
  'our server can play such a server, handshake flags %i',
  (handshakeFlags) => {
    for (const split of [1, 9, 500]) {
      const server = { directory: directoryOf(DISK), handshakeFlags };
      const outcome = shakeHands({ goal: 'go', exportName: 'disk' }, server, split);
      expect(outcome.clientEvents).toMatchObject([{ type: 'ready', export: { name: 'disk', canDf: false } }]);
      expect(outcome.serverEvents).toMatchObject([{ type: 'ready', structuredReplies: false }]);
      expect(outcome.client.rest()).toHaveLength(0);
    }
  },
);

test.each([
  ['info', 'NBD_OPT_INFO "disk": the server does not speak fixed newstyle'],
  ['list', 'NBD_OPT_LIST: the server does not speak fixed newstyle'],
] as const)('%s is refused without sending a byte', (goal, message) => {
  const played = playThreeWays(greeting(0), () => new ClientHandshake({ goal, exportName: 'disk' }));
  expect(played.events).toMatchObject([
    { type: 'refused', error: { code: 'NBD_UNSUPPORTED', reply: 0, message } },
  ]);
  expect(played.outgoing).toHaveLength(0);
  expect(played.finished).toBe(true);
});
