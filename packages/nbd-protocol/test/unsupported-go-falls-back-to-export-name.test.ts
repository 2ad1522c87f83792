import {
  ClientHandshake,
  NBD_OPT_GO,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ERR_UNSUP,
  NBD_REP_INFO,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import {
  concat,
  goData,
  greeting,
  infoBlockSize,
  option,
  optionReply,
  text,
  u16,
  u32,
  u64,
} from './support/wire.js';

const make = (): ClientHandshake => new ClientHandshake({ goal: 'go', exportName: 'disk' });

test.each([
  ['with 124 zeroes', 1, new Uint8Array(124), 1],
  ['without zeroes', 3, new Uint8Array(0), 3],
])('a server that knows no option but NBD_OPT_EXPORT_NAME, %s', (_, serverFlags, zeroes, clientFlags) => {
  const server = concat(
    greeting(serverFlags),
    optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ERR_UNSUP),
    // Information of a refused option must not survive the fallback.
    optionReply(NBD_OPT_GO, NBD_REP_INFO, infoBlockSize(512, 512, 512)),
    optionReply(NBD_OPT_GO, NBD_REP_ERR_UNSUP, text('what?')),
    u64(4096n),
    u16(0x0003),
    zeroes,
  );
  const played = playThreeWays(server, make);
  expect(played.error).toBeUndefined();
  expect(played.events).toMatchObject([
    {
      type: 'ready',
      structuredReplies: false,
      fixedNewstyle: true,
      export: {
        name: 'disk',
        size: 4096n,
        flags: 3,
        readOnly: true,
        blockSize: { minimum: 1, advertised: false },
      },
    },
  ]);
  expect(played.outgoing).toEqual(
    concat(
      u32(clientFlags),
      option(NBD_OPT_STRUCTURED_REPLY),
      option(NBD_OPT_GO, goData('disk', [1, 2, 3])),
      option(1, text('disk')),
    ),
  );
});
