import {
  ClientHandshake,
  NBD_FLAG_BLOCK_STATUS_PAYLOAD,
  NBD_OPT_ABORT,
  NBD_OPT_EXPORT_NAME,
  NBD_OPT_EXTENDED_HEADERS,
  NBD_OPT_GO,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_ERR_EXT_HEADER_REQD,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_SHUTDOWN,
  NBD_REP_ERR_UNSUP,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf, eventOf, shakeHands } from './support/handshake-pair.js';
import { concat, greeting, option, optionReply, text, u32 } from './support/wire.js';

const directory = {
  ...directoryOf({ ...DISK, flags: DISK.flags | NBD_FLAG_BLOCK_STATUS_PAYLOAD }),
  metaContexts: () => [{ name: 'base:allocation' }],
};
const makeClient = (): ClientHandshake => new ClientHandshake({ goal: 'go', extendedHeaders: true });
const makeServer = (): ServerHandshake => new ServerHandshake({ directory, extendedHeaders: true });

test('accepted, they make the other option superfluous', () => {
  const bytes = concat(greeting(), optionReply(NBD_OPT_EXTENDED_HEADERS, NBD_REP_ACK));
  const { outgoing } = playThreeWays(bytes, makeClient);
  expect(outgoing.subarray(4, 20)).toEqual(option(NBD_OPT_EXTENDED_HEADERS));
  expect(outgoing.subarray(20, 36)).toEqual(option(NBD_OPT_GO, new Uint8Array(12)).subarray(0, 16));
});

test('refused, the client asks for structured replies', () => {
  const bytes = concat(greeting(), optionReply(NBD_OPT_EXTENDED_HEADERS, NBD_REP_ERR_UNSUP));
  expect(playThreeWays(bytes, makeClient).outgoing).toEqual(
    concat(u32(3), option(NBD_OPT_EXTENDED_HEADERS), option(NBD_OPT_STRUCTURED_REPLY)),
  );
});

test('a server that shuts down is left', () => {
  const bytes = concat(greeting(), optionReply(NBD_OPT_EXTENDED_HEADERS, NBD_REP_ERR_SHUTDOWN));
  const { events } = playThreeWays(bytes, makeClient);
  expect(events).toMatchObject([{ type: 'refused', error: { code: 'NBD_SHUTDOWN' } }]);
});

test('both sides agree, and replies count as structured', () => {
  const { clientEvents, serverEvents } = shakeHands(
    { goal: 'go', extendedHeaders: true },
    { directory, extendedHeaders: true },
  );
  for (const events of [clientEvents, serverEvents]) {
    expect(events).toMatchObject([{ type: 'ready', extendedHeaders: true, structuredReplies: true }]);
  }
});

test('a server that does not offer them is no failure', () => {
  const { clientEvents } = shakeHands({ goal: 'go', extendedHeaders: true }, { directory });
  expect(clientEvents).toMatchObject([{ type: 'ready', extendedHeaders: false, structuredReplies: true }]);
});

test('without NBD_OPT_GO there is no other way in', () => {
  const bytes = concat(
    greeting(),
    optionReply(NBD_OPT_EXTENDED_HEADERS, NBD_REP_ACK),
    optionReply(NBD_OPT_GO, NBD_REP_ERR_UNSUP),
  );
  const { events, outgoing } = playThreeWays(bytes, makeClient);
  expect(events).toMatchObject([{ type: 'refused', error: { code: 'NBD_UNSUPPORTED' } }]);
  expect(outgoing.subarray(-16)).toEqual(option(NBD_OPT_ABORT));
});

test('the server takes them once, without data, and there is no way back', () => {
  const asked = concat(
    u32(3),
    option(NBD_OPT_EXTENDED_HEADERS, text('x')),
    option(NBD_OPT_EXTENDED_HEADERS),
    option(NBD_OPT_EXTENDED_HEADERS),
    option(NBD_OPT_STRUCTURED_REPLY),
    option(NBD_OPT_EXPORT_NAME, text('disk')),
  );
  const { outgoing, error } = playThreeWays(asked, makeServer);
  const on = text('extended headers are already on');
  expect(outgoing).toEqual(
    concat(
      greeting(3),
      optionReply(
        NBD_OPT_EXTENDED_HEADERS,
        NBD_REP_ERR_INVALID,
        text('NBD_OPT_EXTENDED_HEADERS takes no data'),
      ),
      optionReply(NBD_OPT_EXTENDED_HEADERS, NBD_REP_ACK),
      optionReply(NBD_OPT_EXTENDED_HEADERS, NBD_REP_ERR_INVALID, on),
      optionReply(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ERR_EXT_HEADER_REQD, on),
    ),
  );
  expect(error).toMatchObject({ code: 'NBD_BAD_OPTION', operation: 'NBD_OPT_EXPORT_NAME' });
});

test.each([
  [true, ['base:allocation'], true],
  [true, [], false],
  [false, ['base:allocation'], false],
])(
  'extended headers %s, contexts %j: NBD_FLAG_BLOCK_STATUS_PAYLOAD is %s',
  (extendedHeaders, metaContexts, on) => {
    const { clientEvents } = shakeHands(
      { goal: 'go', extendedHeaders, metaContexts },
      { directory, extendedHeaders: true },
    );
    expect(eventOf(clientEvents, 'ready').export.canBlockStatusPayload).toBe(on);
  },
);

test('a client ignores NBD_FLAG_BLOCK_STATUS_PAYLOAD that it cannot use', () => {
  const { clientEvents } = shakeHands(
    { goal: 'go', extendedHeaders: false },
    { directory, extendedHeaders: false },
  );
  expect(eventOf(clientEvents, 'ready').export.flags & NBD_FLAG_BLOCK_STATUS_PAYLOAD).toBe(0);
});
