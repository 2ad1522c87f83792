import { NBD_OPT_EXPORT_NAME, NBD_OPT_GO, ServerHandshake } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf } from './support/handshake-pair.js';
import { concat, greeting, IHAVEOPT, option, text, u32, u64 } from './support/wire.js';

test.each([
  [
    'unknown client flags',
    3,
    u32(7),
    'NBD_BAD_CLIENT_FLAGS',
    'client flags: client flags 0x00000007 exceed the offered 0x00000003',
  ],
  [
    'flags that were not offered',
    1,
    u32(3),
    'NBD_BAD_CLIENT_FLAGS',
    'client flags: client flags 0x00000003 exceed the offered 0x00000001',
  ],
  [
    'client flag 31',
    3,
    u32(0x80000000),
    'NBD_BAD_CLIENT_FLAGS',
    'client flags: client flags 0x80000000 exceed the offered 0x00000003',
  ],
  [
    'bad option magic',
    3,
    concat(u32(3), u64(1n)),
    'NBD_BAD_MAGIC',
    'option: magic 0x0000000000000001 is not IHAVEOPT 0x49484156454f5054',
  ],
  [
    'an unknown export by NBD_OPT_EXPORT_NAME',
    3,
    concat(u32(3), option(NBD_OPT_EXPORT_NAME, text('a\u001bb'))),
    'NBD_EXPORT_UNKNOWN',
    'NBD_OPT_EXPORT_NAME: there is no export "a\ufffdb"',
  ],
  [
    'a name that is not UTF-8',
    3,
    concat(u32(3), option(NBD_OPT_EXPORT_NAME, Uint8Array.of(0xff))),
    'NBD_BAD_STRING',
    'NBD_OPT_EXPORT_NAME: export name is not valid UTF-8',
  ],
  [
    'a name of 4097 bytes, before it arrives',
    3,
    concat(u32(3), IHAVEOPT, u32(1), u32(4097)),
    'NBD_OPTION_TOO_LARGE',
    'NBD_OPT_EXPORT_NAME: 4097 bytes of data exceed the limit of 4096',
  ],
  [
    'data over 32 MiB, before it arrives',
    3,
    concat(u32(3), IHAVEOPT, u32(99), u32(0x02000001)),
    'NBD_OPTION_TOO_LARGE',
    'option 0x00000063: 33554433 bytes of data exceed the limit of 33554432',
  ],
  [
    'haggling without NBD_FLAG_C_FIXED_NEWSTYLE',
    3,
    concat(u32(0), option(NBD_OPT_GO)),
    'NBD_BAD_OPTION',
    'NBD_OPT_GO: sent without NBD_FLAG_C_FIXED_NEWSTYLE',
  ],
])('%s', (_, handshakeFlags, bytes, code, message) => {
  const make = (): ServerHandshake => new ServerHandshake({ directory: directoryOf(DISK), handshakeFlags });
  const played = playThreeWays(bytes, make);
  expect(played.error).toMatchObject({ name: 'NbdProtocolError', fault: 'peer', code, message });
  expect(played.events).toEqual([]);
  expect(played.outgoing).toEqual(greeting(handshakeFlags));
});
