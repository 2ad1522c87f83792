import {
  ClientHandshake,
  MAX_META_CONTEXTS,
  NBD_OPT_GO,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_ERR_SHUTDOWN,
  NBD_REP_ERR_TOO_BIG,
  NBD_REP_INFO,
  NBD_REP_META_CONTEXT,
  NBD_REP_SERVER,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { concat, greeting, infoExport, metaContext, optionReply, text, u32 } from './support/wire.js';

const make = (): ClientHandshake => new ClientHandshake({ goal: 'go', metaContexts: ['base:allocation'] });
const set = (type: number, data?: Uint8Array): Uint8Array =>
  optionReply(NBD_OPT_SET_META_CONTEXT, type, data);
const context = (id: number, name: string): Uint8Array => set(NBD_REP_META_CONTEXT, metaContext(id, name));
const afterStructured = (...bytes: readonly Uint8Array[]): Uint8Array =>
  concat(greeting(), optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ACK), ...bytes);
const go = concat(
  optionReply(NBD_OPT_GO, NBD_REP_INFO, infoExport(512n, 1)),
  optionReply(NBD_OPT_GO, NBD_REP_ACK),
);

test.each([
  ['without an id', set(NBD_REP_META_CONTEXT, text('abc')), '3 bytes of data, at least 4 needed'],
  ['without a name', context(1, ''), 'its name does not start with a namespace and a colon'],
  ['without a namespace', context(1, ':x'), 'does not start with a namespace'],
  ['with a space in the namespace', context(1, 'a b:x'), 'does not start with a namespace'],
  ['id twice', concat(context(1, 'a:b'), context(1, 'a:c')), 'metadata context id 0x00000001 comes twice'],
  ['name twice', concat(context(1, 'a:b'), context(2, 'a:b')), 'metadata context "a:b" comes twice'],
  ['another reply', set(NBD_REP_SERVER), 'NBD_REP_SERVER is no reply to this option'],
  ['an end with data', set(NBD_REP_ACK, text('x')), 'NBD_REP_ACK with 1 bytes of data'],
])('%s', (_, bytes, message) => {
  const { error } = playThreeWays(afterStructured(bytes), make);
  expect(error).toMatchObject({
    code: 'NBD_BAD_OPTION_REPLY',
    operation: 'NBD_OPT_SET_META_CONTEXT',
    message: expect.stringContaining(message),
  });
});

test('a name that is not UTF-8', () => {
  const bytes = set(NBD_REP_META_CONTEXT, concat(u32(1), text('a:'), Uint8Array.of(0xff)));
  expect(playThreeWays(afterStructured(bytes), make).error).toMatchObject({ code: 'NBD_BAD_STRING' });
});

test.each([MAX_META_CONTEXTS, MAX_META_CONTEXTS + 1])('%i contexts', (count) => {
  const client = make();
  client.receive(afterStructured());
  for (let id = 0; id < count; id++) client.receive(context(id, `x-many:${id}`));
  client.receive(concat(set(NBD_REP_ACK), go));
  if (count === MAX_META_CONTEXTS) {
    const event = client.nextEvent();
    expect(typeof event === 'object' && event.type === 'ready' && event.metaContexts).toHaveLength(count);
  } else {
    expect(() => client.nextEvent()).toThrow(expect.objectContaining({ code: 'NBD_TOO_MANY_CONTEXTS' }));
  }
});

test.each([NBD_REP_ERR_TOO_BIG, 0x8000_4321])('contexts before error reply %i are disregarded', (reply) => {
  const { events } = playThreeWays(afterStructured(context(1, 'a:b'), set(reply), go), make);
  expect(events).toMatchObject([{ type: 'ready', structuredReplies: true, metaContexts: [] }]);
});

test('a server that shuts down is left', () => {
  const { events } = playThreeWays(afterStructured(set(NBD_REP_ERR_SHUTDOWN)), make);
  expect(events).toMatchObject([{ type: 'refused', error: { code: 'NBD_SHUTDOWN' } }]);
});
