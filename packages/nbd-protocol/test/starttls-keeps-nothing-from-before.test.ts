import {
  ClientHandshake,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_GO,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STARTTLS,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_META_CONTEXT,
  NEED_MORE,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { directoryWithContexts, eventOf, shakeHands } from './support/handshake-pair.js';
import {
  concat,
  goData,
  greeting,
  infoExport,
  metaContext,
  metaContextData,
  option,
  optionReply,
  u32,
} from './support/wire.js';

test('the server forgets replies, headers and contexts', () => {
  const server = new ServerHandshake({
    directory: directoryWithContexts(),
    extendedHeaders: true,
    tls: 'allow',
  });
  server.receive(
    concat(
      u32(3),
      option(NBD_OPT_EXTENDED_HEADERS),
      option(NBD_OPT_SET_META_CONTEXT, metaContextData('disk', ['base:allocation'])),
      option(NBD_OPT_STARTTLS),
    ),
  );
  expect(server.nextEvent()).toEqual({ type: 'starttls' });
  server.tlsStarted();
  server.receive(option(NBD_OPT_GO, goData('disk')));
  expect(server.nextEvent()).toMatchObject({
    type: 'ready',
    tls: true,
    structuredReplies: false,
    extendedHeaders: false,
    metaContexts: [],
  });
});

test('the client forgets what it negotiated by hand', () => {
  const client = new ClientHandshake({ goal: 'options' });
  const answer = (bytes: Uint8Array): unknown => {
    client.receive(bytes);
    return client.nextEvent();
  };
  expect(answer(greeting())).toMatchObject({ type: 'negotiating', tls: false });
  client.ask({ option: NBD_OPT_STRUCTURED_REPLY });
  expect(answer(optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ACK))).toMatchObject({ type: 'accepted' });
  client.ask({ option: NBD_OPT_SET_META_CONTEXT, exportName: '', queries: ['base:allocation'] });
  const selected = concat(
    optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_META_CONTEXT, metaContext(7, 'base:allocation')),
    optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_ACK),
  );
  expect(answer(selected)).toMatchObject({ contexts: [{ id: 7, name: 'base:allocation' }] });
  client.ask({ option: NBD_OPT_STARTTLS });
  expect(answer(optionReply(NBD_OPT_STARTTLS, NBD_REP_ACK))).toEqual({ type: 'starttls' });
  client.tlsStarted();
  expect(client.nextEvent()).toEqual({ type: 'negotiating', fixedNewstyle: true, tls: true });
  client.ask({ option: NBD_OPT_GO, exportName: '' });
  const accepted = concat(
    optionReply(NBD_OPT_GO, 3, infoExport(512n, 0x81)),
    optionReply(NBD_OPT_GO, NBD_REP_ACK),
  );
  expect(answer(accepted)).toMatchObject({
    type: 'ready',
    tls: true,
    structuredReplies: false,
    metaContexts: [],
    export: { flags: 0x01 },
  });
});

test.each(['allow', 'require'] as const)('policy %s: TLS comes first, all else goes through it', (tls) => {
  const outcome = shakeHands(
    { goal: 'go', exportName: 'disk', tls, extendedHeaders: true, metaContexts: ['base:allocation'] },
    { directory: directoryWithContexts(), extendedHeaders: true, tls },
  );
  expect(outcome.clientEvents.map(({ type }) => type)).toEqual(['starttls', 'ready']);
  expect(eventOf(outcome.clientEvents, 'ready')).toMatchObject({
    tls: true,
    extendedHeaders: true,
    metaContexts: [{ id: 0, name: 'base:allocation' }],
  });
  expect(eventOf(outcome.serverEvents, 'ready')).toMatchObject({ tls: true, extendedHeaders: true });
});

test('before TLS the client says nothing but the question', () => {
  const client = new ClientHandshake({ goal: 'go', exportName: 'secret', tls: 'require' });
  client.receive(greeting());
  expect(client.nextEvent()).toBe(NEED_MORE);
  client.receive(optionReply(NBD_OPT_STARTTLS, NBD_REP_ACK));
  expect(client.nextEvent()).toEqual({ type: 'starttls' });
  expect(client.takeOutgoing()).toEqual(concat(u32(3), option(NBD_OPT_STARTTLS)));
  client.tlsStarted();
  expect(client.takeOutgoing()).toEqual(option(NBD_OPT_STRUCTURED_REPLY));
});
