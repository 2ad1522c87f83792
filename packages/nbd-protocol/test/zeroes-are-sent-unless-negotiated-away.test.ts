import { NBD_OPT_EXPORT_NAME, ServerHandshake } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf } from './support/handshake-pair.js';
import { concat, greeting, option, text, u16, u32, u64 } from './support/wire.js';

test.each([
  ['124 of them', 1, 124],
  ['none', 3, 0],
])('%s', (_, clientFlags, zeroes) => {
  const client = concat(u32(clientFlags), option(NBD_OPT_EXPORT_NAME, text('disk')));
  const played = playThreeWays(client, () => new ServerHandshake({ directory: directoryOf(DISK) }));
  expect(played.events).toMatchObject([{ type: 'ready', exportName: 'disk', structuredReplies: false }]);
  // NBD_FLAG_SEND_DF (0x80) MUST be clear without structured replies.
  const flags = (DISK.flags | 1) & ~0x80;
  expect(played.outgoing).toEqual(concat(greeting(3), u64(DISK.size), u16(flags), new Uint8Array(zeroes)));
});
