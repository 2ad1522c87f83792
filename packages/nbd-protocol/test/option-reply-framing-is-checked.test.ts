import {
  ClientHandshake,
  NBD_OPT_GO,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_INFO,
  NBD_REP_META_CONTEXT,
  NBD_REP_SERVER,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { concat, greeting, infoExport, optionReply, serverEntry, u32, u64 } from './support/wire.js';

type Goal = 'go' | 'info' | 'list';
const ACK = optionReply(NBD_OPT_GO, NBD_REP_ACK);
const EXPORT = optionReply(NBD_OPT_GO, NBD_REP_INFO, infoExport(1n, 1));
const HEADER = concat(u64(0x3e889045565a9n), u32(NBD_OPT_GO), u32(NBD_REP_INFO));

test.each<[string, Goal, Uint8Array, string, string]>([
  [
    'bad magic',
    'go',
    u64(0x3e889045565aan),
    'NBD_BAD_MAGIC',
    'NBD_OPT_GO: magic 0x0003e889045565aa is not the option reply magic 0x0003e889045565a9',
  ],
  [
    'reply to another option',
    'go',
    optionReply(NBD_OPT_LIST, NBD_REP_ACK),
    'NBD_BAD_OPTION_REPLY',
    'NBD_OPT_GO: reply is for NBD_OPT_LIST',
  ],
  [
    'a length of 4 GiB, refused before any data',
    'go',
    concat(HEADER, u32(0xffffffff)),
    'NBD_REPLY_TOO_LARGE',
    'NBD_OPT_GO: reply of 4294967295 bytes exceeds the limit of 65600',
  ],
  [
    'one byte over the limit',
    'go',
    concat(HEADER, u32(65601)),
    'NBD_REPLY_TOO_LARGE',
    'NBD_OPT_GO: reply of 65601 bytes exceeds the limit of 65600',
  ],
  [
    'an acknowledgement with data',
    'go',
    concat(EXPORT, optionReply(NBD_OPT_GO, NBD_REP_ACK, u32(0))),
    'NBD_BAD_OPTION_REPLY',
    'NBD_OPT_GO: NBD_REP_ACK with 4 bytes of data, 0 needed',
  ],
  [
    'an acknowledgement without NBD_INFO_EXPORT',
    'go',
    ACK,
    'NBD_BAD_OPTION_REPLY',
    'NBD_OPT_GO: NBD_REP_ACK without NBD_INFO_EXPORT before it',
  ],
  [
    'the reply of another kind of option',
    'go',
    optionReply(NBD_OPT_GO, NBD_REP_SERVER, serverEntry('disk')),
    'NBD_BAD_OPTION_REPLY',
    'NBD_OPT_GO: NBD_REP_SERVER is no reply to this option',
  ],
  [
    'an unknown reply that is no error',
    'list',
    optionReply(NBD_OPT_LIST, 0x7fffffff),
    'NBD_BAD_OPTION_REPLY',
    'NBD_OPT_LIST: reply 0x7fffffff is no reply to this option',
  ],
  [
    'acknowledged twice',
    'list',
    concat(optionReply(NBD_OPT_LIST, NBD_REP_ACK), optionReply(NBD_OPT_LIST, NBD_REP_ACK)),
    'NBD_BAD_OPTION_REPLY',
    'NBD_OPT_ABORT: reply is for NBD_OPT_LIST',
  ],
  [
    'information after the acknowledgement',
    'info',
    concat(
      optionReply(NBD_OPT_INFO, NBD_REP_INFO, infoExport(1n, 1)),
      optionReply(NBD_OPT_INFO, NBD_REP_ACK),
      optionReply(NBD_OPT_INFO, NBD_REP_INFO, infoExport(1n, 1)),
    ),
    'NBD_BAD_OPTION_REPLY',
    'NBD_OPT_ABORT: reply is for NBD_OPT_INFO',
  ],
])('%s', (_, goal, bytes, code, message) => {
  const make = (): ClientHandshake => new ClientHandshake({ goal, structuredReplies: false });
  const { error } = playThreeWays(concat(greeting(), bytes), make);
  expect(error).toMatchObject({ name: 'NbdProtocolError', code, message });
});

test('NBD_OPT_STRUCTURED_REPLY and NBD_OPT_ABORT take an acknowledgement or an error, nothing else', () => {
  const strange = optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_META_CONTEXT, u32(0));
  const go = playThreeWays(concat(greeting(), strange), () => new ClientHandshake({ goal: 'go' }));
  expect(go.error?.message).toBe('NBD_OPT_STRUCTURED_REPLY: NBD_REP_META_CONTEXT is no reply to this option');
  const left = concat(greeting(), optionReply(NBD_OPT_LIST, NBD_REP_ACK), optionReply(2, NBD_REP_INFO));
  const list = playThreeWays(left, () => new ClientHandshake({ goal: 'list' }));
  expect(list.error?.message).toBe('NBD_OPT_ABORT: NBD_REP_INFO is no reply to this option');
});

test('a second acknowledgement of NBD_OPT_GO belongs to the transmission phase', () => {
  const client = new ClientHandshake({ goal: 'go', structuredReplies: false });
  client.receive(concat(greeting(), EXPORT, ACK, ACK));
  expect(client.nextEvent()).toMatchObject({ type: 'ready' });
  expect(client.rest()).toEqual(ACK);
});
