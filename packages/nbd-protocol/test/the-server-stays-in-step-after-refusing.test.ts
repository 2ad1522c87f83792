import {
  MAX_STRING,
  NBD_OPT_ABORT,
  NBD_OPT_GO,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_PEEK_EXPORT,
  NBD_OPT_STARTTLS,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_ERR_UNSUP,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf } from './support/handshake-pair.js';
import { concat, goData, greeting, option, optionReply, text, u16, u32 } from './support/wire.js';

const make = (): ServerHandshake => new ServerHandshake({ directory: directoryOf(DISK) });
const long = new Uint8Array(MAX_STRING + 1).fill(65);

test.each<[string, number, Uint8Array, number, string]>([
  [
    'withdrawn option',
    NBD_OPT_PEEK_EXPORT,
    text('x'),
    NBD_REP_ERR_UNSUP,
    'NBD_OPT_PEEK_EXPORT is not supported',
  ],
  ['option not built in', NBD_OPT_STARTTLS, text(''), NBD_REP_ERR_UNSUP, 'NBD_OPT_STARTTLS is not supported'],
  ['unknown option', 0xffffffff, long, NBD_REP_ERR_UNSUP, 'option 0xffffffff is not supported'],
  ['list with data', NBD_OPT_LIST, text('x'), NBD_REP_ERR_INVALID, 'NBD_OPT_LIST takes no data'],
  [
    'structured reply with data',
    NBD_OPT_STRUCTURED_REPLY,
    u16(0),
    NBD_REP_ERR_INVALID,
    'NBD_OPT_STRUCTURED_REPLY takes no data',
  ],
  ['go without data', NBD_OPT_GO, text(''), NBD_REP_ERR_INVALID, '0 bytes of data, at least 6 needed'],
  ['go of 5 bytes', NBD_OPT_GO, new Uint8Array(5), NBD_REP_ERR_INVALID, '5 bytes of data, at least 6 needed'],
  [
    'name longer than the data',
    NBD_OPT_GO,
    concat(u32(5), text('disk'), u16(0)),
    NBD_REP_ERR_INVALID,
    'export name of 5 bytes, room for 4',
  ],
  [
    'name of 4 GiB',
    NBD_OPT_INFO,
    concat(u32(0xffffffff), text('disk'), u16(0)),
    NBD_REP_ERR_INVALID,
    'export name of 4294967295 bytes, room for 4',
  ],
  [
    'name shorter than the data',
    NBD_OPT_INFO,
    concat(u32(3), text('disk'), u16(0)),
    NBD_REP_ERR_INVALID,
    '27392 information requests, 1 bytes hold 0.5',
  ],
  [
    'too few requests',
    NBD_OPT_GO,
    concat(u32(4), text('disk'), u16(2), u16(1)),
    NBD_REP_ERR_INVALID,
    '2 information requests, 2 bytes hold 1',
  ],
  [
    'too many requests',
    NBD_OPT_GO,
    concat(u32(4), text('disk'), u16(0), u16(1)),
    NBD_REP_ERR_INVALID,
    '0 information requests, 2 bytes hold 1',
  ],
  [
    'name over 4096',
    NBD_OPT_GO,
    concat(u32(4097), long, u16(0)),
    NBD_REP_ERR_INVALID,
    'request: export name of 4097 bytes exceeds the limit of 4096',
  ],
  [
    'name not UTF-8',
    NBD_OPT_GO,
    concat(u32(1), Uint8Array.of(0xff), u16(0)),
    NBD_REP_ERR_INVALID,
    'request: export name is not valid UTF-8',
  ],
  ['unknown export', NBD_OPT_INFO, goData('no\npe'), NBD_REP_ERR_UNKNOWN, 'there is no export "no\ufffdpe"'],
])('%s', (_, number, data, reply, words) => {
  const client = concat(u32(3), option(number, data), option(NBD_OPT_ABORT));
  const played = playThreeWays(client, make);
  expect(played.error).toBeUndefined();
  expect(played.outgoing).toEqual(
    concat(greeting(3), optionReply(number, reply, text(words)), optionReply(NBD_OPT_ABORT, NBD_REP_ACK)),
  );
  expect(played.events).toEqual([{ type: 'aborted' }]);
});

test('NBD_OPT_ABORT with data is acknowledged like one without', () => {
  const played = playThreeWays(concat(u32(3), option(NBD_OPT_ABORT, text('bye'))), make);
  expect(played.outgoing).toEqual(concat(greeting(3), optionReply(NBD_OPT_ABORT, NBD_REP_ACK)));
  expect(played.finished).toBe(true);
});

test('a name and its text that fill the limits still make a legal reply', () => {
  const played = playThreeWays(concat(u32(3), option(NBD_OPT_GO, goData('x'.repeat(4096)))), make);
  expect(played.outgoing).toHaveLength(18 + 20 + 4096);
});
