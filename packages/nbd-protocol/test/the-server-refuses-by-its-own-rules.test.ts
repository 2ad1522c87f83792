import {
  NBD_INFO_BLOCK_SIZE,
  NBD_OPT_ABORT,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_GO,
  NBD_OPT_INFO,
  NBD_OPT_LIST,
  NBD_OPT_LIST_META_CONTEXT,
  NBD_OPT_SET_META_CONTEXT,
  NBD_REP_ACK,
  NBD_REP_ERR_BLOCK_SIZE_REQD,
  NBD_REP_ERR_POLICY,
  NBD_REP_ERR_SHUTDOWN,
  NBD_REP_ERR_UNSUP,
  NEED_MORE,
  ServerHandshake,
  type ServerHandshakeOptions,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays, thrown } from './support/decode-three-ways.js';
import { DISK, directoryOf, eventOf, shakeHands } from './support/handshake-pair.js';
import { concat, goData, greeting, option, optionReply, text, u32 } from './support/wire.js';

const plain = { ...DISK, name: 'plain', blockSize: undefined };
const directory = directoryOf(DISK, plain);
const make = (options: Partial<ServerHandshakeOptions>) => (): ServerHandshake =>
  new ServerHandshake({ directory, ...options });

test('a list is a matter of policy', () => {
  const asked = concat(u32(3), option(NBD_OPT_LIST), option(NBD_OPT_ABORT));
  expect(playThreeWays(asked, make({ list: false })).outgoing).toEqual(
    concat(
      greeting(3),
      optionReply(NBD_OPT_LIST, NBD_REP_ERR_POLICY, text('this server does not list its exports')),
      optionReply(NBD_OPT_ABORT, NBD_REP_ACK),
    ),
  );
});

test.each([NBD_OPT_INFO, NBD_OPT_GO])('option %i without a request for block sizes that matter', (number) => {
  const server = make({ requireBlockSize: true })();
  server.receive(concat(u32(3), option(number, goData('disk'))));
  expect(server.nextEvent()).toBe(NEED_MORE);
  const words = text('the export has block sizes to obey, request NBD_INFO_BLOCK_SIZE');
  const refusal = optionReply(number, NBD_REP_ERR_BLOCK_SIZE_REQD, words);
  expect(server.takeOutgoing().subarray(-refusal.length)).toEqual(refusal);
  server.receive(option(NBD_OPT_GO, goData('disk', [NBD_INFO_BLOCK_SIZE])));
  expect(server.nextEvent()).toMatchObject({ type: 'ready' });
});

test('default block sizes need no request', () => {
  const options = { goal: 'go', exportName: 'plain', requestInfo: false } as const;
  const { clientEvents } = shakeHands(options, { directory, requireBlockSize: true });
  expect(eventOf(clientEvents, 'ready').export.name).toBe('plain');
});

test.each([
  ['NBD_OPT_LIST_META_CONTEXT', NBD_OPT_LIST_META_CONTEXT],
  ['NBD_OPT_SET_META_CONTEXT', NBD_OPT_SET_META_CONTEXT],
])('metadata contexts may be switched off: %s', (name, number) => {
  const asked = concat(u32(3), option(number), option(NBD_OPT_ABORT));
  expect(playThreeWays(asked, make({ metaContexts: false })).outgoing).toEqual(
    concat(
      greeting(3),
      optionReply(number, NBD_REP_ERR_UNSUP, text(`${name} is not supported`)),
      optionReply(NBD_OPT_ABORT, NBD_REP_ACK),
    ),
  );
});

test('a server that shuts down answers every option so, but lets clients leave', () => {
  const server = make({})();
  server.receive(u32(3));
  server.nextEvent();
  server.takeOutgoing();
  server.shutdown();
  server.receive(concat(option(99), option(NBD_OPT_GO, goData('disk')), option(NBD_OPT_ABORT)));
  expect(server.nextEvent()).toEqual({ type: 'aborted' });
  const words = text('the server is shutting down');
  expect(server.takeOutgoing()).toEqual(
    concat(
      optionReply(99, NBD_REP_ERR_SHUTDOWN, words),
      optionReply(NBD_OPT_GO, NBD_REP_ERR_SHUTDOWN, words),
      optionReply(NBD_OPT_ABORT, NBD_REP_ACK),
    ),
  );
});

test('and drops who knows no error reply', () => {
  const server = make({})();
  server.shutdown();
  server.receive(concat(u32(0), option(NBD_OPT_EXPORT_NAME, text('disk'))));
  expect(thrown(() => server.nextEvent())).toMatchObject({
    code: 'NBD_EXPORT_UNKNOWN',
    message: 'NBD_OPT_EXPORT_NAME: the server is shutting down',
  });
});
