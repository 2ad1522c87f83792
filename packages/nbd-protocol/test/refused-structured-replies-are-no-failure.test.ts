import {
  ClientHandshake,
  NBD_OPT_ABORT,
  NBD_OPT_GO,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_INFO,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf, shakeHands } from './support/handshake-pair.js';
import { concat, goData, greeting, infoExport, option, optionReply, text, u32 } from './support/wire.js';

const make = (): ClientHandshake => new ClientHandshake({ goal: 'go', exportName: 'disk' });

test.each([0x80000001, 0x80000002, 0x80000003, 0x80000005, 0x800000ff, 0xffffffff])(
  'error reply %i',
  (type) => {
    const server = concat(
      greeting(),
      optionReply(NBD_OPT_STRUCTURED_REPLY, type, text('no')),
      optionReply(NBD_OPT_GO, NBD_REP_INFO, infoExport(1n, 0x81)),
      optionReply(NBD_OPT_GO, NBD_REP_ACK),
    );
    const played = playThreeWays(server, make);
    // The server set NBD_FLAG_SEND_DF in spite of it; without chunks it means nothing.
    expect(played.events).toMatchObject([
      { type: 'ready', structuredReplies: false, export: { canDf: false } },
    ]);
    const asked = option(NBD_OPT_GO, goData('disk', [1, 2, 3]));
    expect(played.outgoing).toEqual(concat(u32(3), option(NBD_OPT_STRUCTURED_REPLY), asked));
  },
);

test('NBD_REP_ERR_SHUTDOWN ends the session softly, as the specification demands', () => {
  const server = concat(greeting(), optionReply(NBD_OPT_STRUCTURED_REPLY, 0x80000007));
  const played = playThreeWays(server, make);
  expect(played.events).toMatchObject([{ type: 'refused', error: { code: 'NBD_SHUTDOWN' } }]);
  expect(played.outgoing).toEqual(concat(u32(3), option(NBD_OPT_STRUCTURED_REPLY), option(NBD_OPT_ABORT)));
});

test('our server refuses them when told to', () => {
  const server = { directory: directoryOf(DISK), structuredReplies: false };
  const outcome = shakeHands({ goal: 'go' }, server);
  expect(outcome.clientEvents).toMatchObject([{ type: 'ready', structuredReplies: false }]);
  expect(outcome.serverEvents).toMatchObject([{ type: 'ready', structuredReplies: false }]);
});

test('a client that does not want them does not ask', () => {
  const played = playThreeWays(
    greeting(),
    () => new ClientHandshake({ goal: 'go', structuredReplies: false }),
  );
  expect(played.outgoing).toEqual(concat(u32(3), option(NBD_OPT_GO, goData('', [1, 2, 3]))));
});
