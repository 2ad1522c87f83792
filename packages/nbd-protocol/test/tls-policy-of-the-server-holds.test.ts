import {
  NBD_OPT_ABORT,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_GO,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_LIST_META_CONTEXT,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STARTTLS,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_TLS_REQD,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_ERR_UNSUP,
  NBD_REP_SERVER,
  type NbdTlsPolicy,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf, eventOf, shakeHands } from './support/handshake-pair.js';
import {
  concat,
  goData,
  greeting,
  metaContextData,
  option,
  optionReply,
  serverEntry,
  text,
  u32,
} from './support/wire.js';

const directory = {
  ...directoryOf(DISK, { ...DISK, name: 'secret' }),
  requiresTls: (name: string) => name === 'secret',
};
const make = (tls: NbdTlsPolicy) => (): ServerHandshake => new ServerHandshake({ directory, tls });
const INSIDE_ONLY = text('this server talks inside TLS only');

test.each([
  ['list', option(NBD_OPT_LIST), NBD_OPT_LIST],
  ['info', option(NBD_OPT_INFO, goData('disk')), NBD_OPT_INFO],
  ['go', option(NBD_OPT_GO, goData('disk')), NBD_OPT_GO],
  ['go with rubbish', option(NBD_OPT_GO, text('x')), NBD_OPT_GO],
  ['structured replies', option(NBD_OPT_STRUCTURED_REPLY), NBD_OPT_STRUCTURED_REPLY],
  ['extended headers', option(NBD_OPT_EXTENDED_HEADERS), NBD_OPT_EXTENDED_HEADERS],
  ['contexts', option(NBD_OPT_LIST_META_CONTEXT, metaContextData('disk', [])), NBD_OPT_LIST_META_CONTEXT],
  ['an unknown option', option(99, text('x')), 99],
  ['an oversized option', option(NBD_OPT_LIST, new Uint8Array(70_000)), NBD_OPT_LIST],
])('require answers %s with NBD_REP_ERR_TLS_REQD', (_, bytes, number) => {
  const { outgoing, events } = playThreeWays(concat(u32(3), bytes, option(NBD_OPT_ABORT)), make('require'));
  expect(outgoing).toEqual(
    concat(
      greeting(3),
      optionReply(number, NBD_REP_ERR_TLS_REQD, INSIDE_ONLY),
      optionReply(NBD_OPT_ABORT, NBD_REP_ACK),
    ),
  );
  expect(events).toEqual([{ type: 'aborted' }]);
});

test.each([u32(3), u32(0)])('require drops NBD_OPT_EXPORT_NAME, which has no error reply', (flags) => {
  const { error } = playThreeWays(concat(flags, option(NBD_OPT_EXPORT_NAME, text('disk'))), make('require'));
  expect(error).toMatchObject({ code: 'NBD_TLS_REQUIRED', operation: 'NBD_OPT_EXPORT_NAME' });
});

test('allow hides an export that requires TLS from clients outside', () => {
  const asked = concat(
    u32(3),
    option(NBD_OPT_LIST),
    option(NBD_OPT_INFO, goData('secret')),
    option(NBD_OPT_LIST_META_CONTEXT, metaContextData('secret', [])),
    option(NBD_OPT_EXPORT_NAME, text('secret')),
  );
  const { outgoing, error } = playThreeWays(asked, make('allow'));
  expect(outgoing).toEqual(
    concat(
      greeting(3),
      optionReply(NBD_OPT_LIST, NBD_REP_SERVER, serverEntry('disk', 'a test disk')),
      optionReply(NBD_OPT_LIST, NBD_REP_ACK),
      optionReply(NBD_OPT_INFO, NBD_REP_ERR_TLS_REQD, text('the export is for clients inside TLS')),
      optionReply(NBD_OPT_LIST_META_CONTEXT, NBD_REP_ERR_UNKNOWN, text('there is no export "secret"')),
    ),
  );
  expect(error).toMatchObject({ code: 'NBD_TLS_REQUIRED', operation: 'NBD_OPT_EXPORT_NAME' });
});

test('allow shows it to clients inside', () => {
  const inside = { goal: 'list', tls: 'require' } as const;
  const list = eventOf(shakeHands(inside, { directory, tls: 'allow' }).clientEvents, 'list');
  expect(list.exports.map(({ name }) => name)).toEqual(['disk', 'secret']);
  const go = { goal: 'go', exportName: 'secret', tls: 'allow' } as const;
  const { clientEvents } = shakeHands(go, { directory, tls: 'allow' });
  expect(eventOf(clientEvents, 'ready')).toMatchObject({ tls: true, export: { name: 'secret' } });
});

test.each<[NbdTlsPolicy, Uint8Array, number, string]>([
  ['disable', text(''), NBD_REP_ERR_UNSUP, 'NBD_OPT_STARTTLS is not supported'],
  ['allow', text('x'), NBD_REP_ERR_INVALID, 'NBD_OPT_STARTTLS takes no data'],
  ['require', text('x'), NBD_REP_ERR_INVALID, 'NBD_OPT_STARTTLS takes no data'],
])('%s answers NBD_OPT_STARTTLS in step', (tls, data, reply, words) => {
  const asked = concat(u32(3), option(NBD_OPT_STARTTLS, data), option(NBD_OPT_ABORT));
  expect(playThreeWays(asked, make(tls)).outgoing).toEqual(
    concat(
      greeting(3),
      optionReply(NBD_OPT_STARTTLS, reply, text(words)),
      optionReply(NBD_OPT_ABORT, NBD_REP_ACK),
    ),
  );
});

test('TLS is started once', () => {
  const server = make('require')();
  server.receive(concat(u32(3), option(NBD_OPT_STARTTLS)));
  expect(server.nextEvent()).toEqual({ type: 'starttls' });
  server.takeOutgoing();
  server.tlsStarted();
  server.receive(concat(option(NBD_OPT_STARTTLS), option(NBD_OPT_GO, goData('disk'))));
  expect(server.nextEvent()).toMatchObject({ type: 'ready', tls: true });
  const again = optionReply(NBD_OPT_STARTTLS, NBD_REP_ERR_INVALID, text('TLS has already been started'));
  expect(server.takeOutgoing().subarray(0, again.length)).toEqual(again);
});

test('SET_META_CONTEXT is no way around it', () => {
  const asked = concat(
    u32(3),
    option(NBD_OPT_STRUCTURED_REPLY),
    option(NBD_OPT_SET_META_CONTEXT, metaContextData('secret', ['base:allocation'])),
    option(NBD_OPT_ABORT),
  );
  expect(playThreeWays(asked, make('allow')).outgoing).toEqual(
    concat(
      greeting(3),
      optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ACK),
      optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_ERR_UNKNOWN, text('there is no export "secret"')),
      optionReply(NBD_OPT_ABORT, NBD_REP_ACK),
    ),
  );
});
