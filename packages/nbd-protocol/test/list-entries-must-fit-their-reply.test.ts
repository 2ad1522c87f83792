import { ClientHandshake, NBD_OPT_LIST, NBD_REP_ERR_POLICY, NBD_REP_SERVER } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { type Played, playThreeWays } from './support/decode-three-ways.js';
import { concat, greeting, optionReply, serverEntry, text, u32 } from './support/wire.js';

function list(...replies: readonly Uint8Array[]): Played<unknown> {
  return playThreeWays(concat(greeting(), ...replies), () => new ClientHandshake({ goal: 'list' }));
}

test.each([
  ['empty', new Uint8Array(0), 'NBD_REP_SERVER of 0 bytes, at least 4 needed'],
  ['3 bytes', new Uint8Array(3), 'NBD_REP_SERVER of 3 bytes, at least 4 needed'],
  [
    'name beyond the end',
    concat(u32(5), text('disk')),
    'export name of 5 bytes, NBD_REP_SERVER has room for 4',
  ],
  [
    'name of 4 GiB',
    concat(u32(0xffffffff), text('disk')),
    'export name of 4294967295 bytes, NBD_REP_SERVER has room for 4',
  ],
  ['name over 4096', serverEntry('x'.repeat(4097)), 'export name of 4097 bytes exceeds the limit of 4096'],
  [
    'description over 4096',
    serverEntry('x', 'y'.repeat(4097)),
    'export description of 4097 bytes exceeds the limit of 4096',
  ],
  ['name not UTF-8', concat(u32(2), Uint8Array.of(0xc3, 0x28)), 'export name is not valid UTF-8'],
])('%s', (_, entry, detail) => {
  const { error } = list(optionReply(NBD_OPT_LIST, NBD_REP_SERVER, entry));
  expect(error).toMatchObject({ name: 'NbdProtocolError', message: `NBD_OPT_LIST: ${detail}` });
});

test('entries before an error are no result', () => {
  const entry = optionReply(NBD_OPT_LIST, NBD_REP_SERVER, serverEntry('disk'));
  const played = list(entry, optionReply(NBD_OPT_LIST, NBD_REP_ERR_POLICY, text('not for you')));
  expect(played.events).toMatchObject([
    { type: 'refused', error: { code: 'NBD_POLICY', serverText: 'not for you' } },
  ]);
});
