import {
  ClientHandshake,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_GO,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
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
  metaContextData,
  option,
  optionReply,
  text,
  u32,
} from './support/wire.js';

const directory = directoryWithContexts();
const BITMAP = { id: 1, name: 'qemu:dirty-bitmap:monday' };

test('both sides know the contexts that the server has, and their ids', () => {
  const metaContexts = [BITMAP.name, 'base:nothing', 'base:allocation', BITMAP.name];
  const outcome = shakeHands({ goal: 'go', exportName: 'disk', metaContexts }, { directory });
  for (const events of [outcome.clientEvents, outcome.serverEvents]) {
    expect(eventOf<(typeof events)[number], 'ready'>(events, 'ready').metaContexts).toEqual([
      { id: 0, name: 'base:allocation' },
      BITMAP,
    ]);
  }
});

test('they are asked for with NBD_OPT_INFO too', () => {
  const { clientEvents } = shakeHands({ goal: 'info', metaContexts: [BITMAP.name] }, { directory });
  expect(eventOf(clientEvents, 'info').metaContexts).toEqual([BITMAP]);
});

test('they survive the fall back to NBD_OPT_EXPORT_NAME', () => {
  const client = new ClientHandshake({ goal: 'go', exportName: 'disk', metaContexts: ['base:allocation'] });
  client.receive(
    concat(
      greeting(),
      optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ACK),
      optionReply(NBD_OPT_SET_META_CONTEXT, 4, concat(u32(9), text('base:allocation'))),
      optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_ACK),
      optionReply(NBD_OPT_GO, 0x80000001),
      new Uint8Array(10).fill(1),
    ),
  );
  expect(client.nextEvent()).toMatchObject({ metaContexts: [{ id: 9, name: 'base:allocation' }] });
});

test('without structured replies nothing is asked', () => {
  const client = new ClientHandshake({
    goal: 'go',
    structuredReplies: false,
    metaContexts: ['base:allocation'],
  });
  client.receive(greeting());
  expect(client.nextEvent()).toBe(NEED_MORE);
  expect(client.takeOutgoing().subarray(4, 20)).toEqual(
    option(NBD_OPT_GO, new Uint8Array(12)).subarray(0, 16),
  );
});

test.each([
  ['disk', 1],
  ['other', 0],
])('client: selected for disk, entered %s', (exportName, count) => {
  const client = new ClientHandshake({ goal: 'options' });
  const answers = [
    greeting(),
    optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ACK),
    concat(
      optionReply(NBD_OPT_SET_META_CONTEXT, 4, concat(u32(0), text('base:allocation'))),
      optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_ACK),
    ),
    concat(optionReply(NBD_OPT_GO, 3, infoExport(512n, 1)), optionReply(NBD_OPT_GO, NBD_REP_ACK)),
  ];
  const next = (): unknown => {
    client.receive(answers.shift() as Uint8Array);
    return client.nextEvent();
  };
  next();
  client.ask({ option: NBD_OPT_STRUCTURED_REPLY });
  next();
  client.ask({ option: NBD_OPT_SET_META_CONTEXT, exportName: 'disk', queries: ['base:allocation'] });
  next();
  client.ask({ option: NBD_OPT_GO, exportName });
  expect(next()).toMatchObject({ type: 'ready', metaContexts: { length: count } });
});

const selectFor = (name: string): Uint8Array =>
  option(NBD_OPT_SET_META_CONTEXT, metaContextData(name, ['base:allocation']));

test.each([
  ['the same export', [selectFor('disk')], 1],
  ['another export', [selectFor('other')], 0],
  ['another one last', [selectFor('disk'), selectFor('other')], 0],
  ['nothing last', [selectFor('disk'), option(NBD_OPT_SET_META_CONTEXT, metaContextData('disk', []))], 0],
  ['a failure last', [selectFor('disk'), option(NBD_OPT_SET_META_CONTEXT, text('x'))], 0],
  ['a missing export last', [selectFor('disk'), selectFor('missing')], 0],
])('server: selected for %s', (_, options, count) => {
  for (const way of [option(NBD_OPT_GO, goData('disk')), option(NBD_OPT_EXPORT_NAME, text('disk'))]) {
    const server = new ServerHandshake({ directory });
    server.receive(concat(u32(3), option(NBD_OPT_STRUCTURED_REPLY), ...options, way));
    const event = server.nextEvent();
    expect(event !== NEED_MORE && event.type === 'ready' && event.metaContexts).toHaveLength(count);
  }
});
