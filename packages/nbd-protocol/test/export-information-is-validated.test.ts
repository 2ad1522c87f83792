import { ClientHandshake, NBD_OPT_GO, NBD_REP_ACK, NBD_REP_INFO } from '@coaio/nbd-protocol';
import { describe, expect, test } from 'vitest';
import { type Played, playThreeWays } from './support/decode-three-ways.js';
import { concat, greeting, infoBlockSize, infoExport, optionReply, text, u16, u64 } from './support/wire.js';

function afterInfo(...items: readonly Uint8Array[]): Played<unknown> {
  const infos = items.map((item) => optionReply(NBD_OPT_GO, NBD_REP_INFO, item));
  const bytes = concat(greeting(), ...infos, optionReply(NBD_OPT_GO, NBD_REP_ACK));
  return playThreeWays(
    bytes,
    () => new ClientHandshake({ goal: 'go', exportName: 'disk', structuredReplies: false }),
  );
}

const EXPORT = infoExport(512n, 1);

describe('refused', () => {
  test.each([
    ['no type', new Uint8Array(1), 'NBD_REP_INFO of 1 bytes, at least 2 needed'],
    ['export too short', EXPORT.subarray(0, 11), 'NBD_INFO_EXPORT of 11 bytes, 12 needed'],
    ['export too long', concat(EXPORT, u16(0)), 'NBD_INFO_EXPORT of 14 bytes, 12 needed'],
    ['no NBD_FLAG_HAS_FLAGS', infoExport(1n, 0x0002), 'transmission flags 0x0002 without NBD_FLAG_HAS_FLAGS'],
    [
      'block size too short',
      infoBlockSize(1, 512, 512).subarray(0, 13),
      'NBD_INFO_BLOCK_SIZE of 13 bytes, 14 needed',
    ],
    ['minimum 0', infoBlockSize(0, 4096, 4096), 'minimum block size 0 is not a power of 2 up to 65536'],
    ['minimum 3', infoBlockSize(3, 4096, 4096), 'minimum block size 3 is not a power of 2 up to 65536'],
    [
      'minimum 128 KiB',
      infoBlockSize(131072, 131072, 1 << 20),
      'minimum block size 131072 is not a power of 2 up to 65536',
    ],
    ['preferred 256', infoBlockSize(1, 256, 4096), 'preferred block size 256 is not a power of 2 from 512'],
    [
      'preferred < minimum',
      infoBlockSize(4096, 512, 4096),
      'preferred block size 512 is not a power of 2 from 4096',
    ],
    [
      'preferred 3 GiB',
      infoBlockSize(1, 0xc0000000, 0xffffffff),
      'preferred block size 3221225472 is not a power of 2 from 512',
    ],
    [
      'maximum < preferred',
      infoBlockSize(1, 4096, 4095),
      'maximum payload 4095 is not between the preferred block size 4096 and 4294967295',
    ],
    ['name not UTF-8', concat(u16(1), Uint8Array.of(0xff)), 'export name is not valid UTF-8'],
    ['name with NUL', concat(u16(1), text('a\0b')), 'export name contains a NUL character'],
    [
      'name too long',
      concat(u16(1), new Uint8Array(4097).fill(65)),
      'export name of 4097 bytes exceeds the limit of 4096',
    ],
    [
      'description too long',
      concat(u16(2), new Uint8Array(4097).fill(65)),
      'export description of 4097 bytes exceeds the limit of 4096',
    ],
  ])('%s', (_, item, detail) => {
    expect(afterInfo(item, EXPORT).error).toMatchObject({
      name: 'NbdProtocolError',
      message: `NBD_OPT_GO: ${detail}`,
    });
  });
});

test('information of unknown types is ignored', () => {
  const played = afterInfo(concat(u16(4), u64(0n)), u16(0xffff), EXPORT);
  expect(played.events).toMatchObject([{ type: 'ready', export: { size: 512n } }]);
});

test('of repeated information the last wins', () => {
  const played = afterInfo(
    EXPORT,
    infoExport(1024n, 3),
    concat(u16(1), text('a')),
    concat(u16(1), text('b')),
  );
  expect(played.events).toMatchObject([{ export: { size: 1024n, readOnly: true, name: 'b' } }]);
});

test('the extremes that the specification allows pass', () => {
  const played = afterInfo(
    EXPORT,
    infoBlockSize(65536, 0x80000000, 0xffffffff),
    concat(u16(1), new Uint8Array(4096).fill(65)),
  );
  expect(played.events).toMatchObject([
    {
      export: { blockSize: { minimum: 65536, preferred: 0x80000000, maximum: 0xffffffff, advertised: true } },
    },
  ]);
});

test('a description is made safe to print, a name stays exact', () => {
  const played = afterInfo(EXPORT, concat(u16(1), text('a\tb')), concat(u16(2), text('\u001b[31mred')));
  expect(played.events).toMatchObject([{ export: { name: 'a\tb', description: '\ufffd[31mred' } }]);
});

test('the answer to NBD_OPT_EXPORT_NAME needs NBD_FLAG_HAS_FLAGS too', () => {
  const bytes = concat(greeting(2), u64(1n), u16(0));
  const { error } = playThreeWays(bytes, () => new ClientHandshake({ goal: 'go' }));
  expect(error?.message).toBe('NBD_OPT_EXPORT_NAME: transmission flags 0x0000 without NBD_FLAG_HAS_FLAGS');
});
