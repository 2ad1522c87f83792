import {
  NBD_OPT_ABORT,
  NBD_OPT_GO,
  NBD_OPT_INFO,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_INFO,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf } from './support/handshake-pair.js';
import {
  concat,
  goData,
  greeting,
  infoBlockSize,
  infoExport,
  option,
  optionReply,
  text,
  u16,
  u32,
} from './support/wire.js';

const FLAGS = DISK.flags | 1;
const NAME = concat(u16(1), text('disk'));
const DESCRIPTION = concat(u16(2), text('a test disk'));
const BLOCK_SIZE = infoBlockSize(512, 65536, 1 << 25);
const make = (): ServerHandshake => new ServerHandshake({ directory: directoryOf(DISK) });

test.each<[string, readonly number[], readonly Uint8Array[]]>([
  ['nothing asked', [], [BLOCK_SIZE]],
  ['name', [1], [NAME, BLOCK_SIZE]],
  ['description, and types of the future', [2, 77, 0xffff], [DESCRIPTION, BLOCK_SIZE]],
  ['everything', [3, 2, 1, 0], [NAME, DESCRIPTION, BLOCK_SIZE]],
])('%s: the same for NBD_OPT_INFO and NBD_OPT_GO', (_, infos, items) => {
  for (const number of [NBD_OPT_INFO, NBD_OPT_GO]) {
    const end = number === NBD_OPT_INFO ? option(NBD_OPT_ABORT) : new Uint8Array(0);
    const farewell = number === NBD_OPT_INFO ? optionReply(NBD_OPT_ABORT, NBD_REP_ACK) : new Uint8Array(0);
    const client = concat(
      u32(3),
      option(NBD_OPT_STRUCTURED_REPLY),
      option(number, goData('disk', infos)),
      end,
    );
    const expected = [infoExport(DISK.size, FLAGS), ...items].map((item) =>
      optionReply(number, NBD_REP_INFO, item),
    );
    expect(playThreeWays(client, make).outgoing).toEqual(
      concat(
        greeting(3),
        optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ACK),
        ...expected,
        optionReply(number, NBD_REP_ACK),
        farewell,
      ),
    );
  }
});

test('without structured replies NBD_FLAG_SEND_DF is clear', () => {
  const played = playThreeWays(concat(u32(3), option(NBD_OPT_GO, goData(''))), make);
  const first = optionReply(NBD_OPT_GO, NBD_REP_INFO, infoExport(DISK.size, FLAGS & ~0x80));
  expect(played.outgoing.subarray(18, 18 + first.length)).toEqual(first);
  expect(played.events).toMatchObject([{ type: 'ready', exportName: '', structuredReplies: false }]);
});
