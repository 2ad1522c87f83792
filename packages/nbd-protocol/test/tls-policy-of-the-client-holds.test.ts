import {
  ClientHandshake,
  NBD_OPT_ABORT,
  NBD_OPT_STARTTLS,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ERR_POLICY,
  NBD_REP_ERR_SHUTDOWN,
  NBD_REP_ERR_TLS_REQD,
  NBD_REP_ERR_UNSUP,
  type NbdTlsPolicy,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { DISK, directoryOf, eventOf, shakeHands } from './support/handshake-pair.js';
import { concat, greeting, oldstyleGreeting, option, optionReply, text, u32 } from './support/wire.js';

const UNKNOWN_ERROR = 0x8000_1234;
const make = (tls: NbdTlsPolicy) => (): ClientHandshake => new ClientHandshake({ goal: 'go', tls });

test.each([NBD_REP_ERR_UNSUP, NBD_REP_ERR_POLICY, UNKNOWN_ERROR])(
  'require leaves on reply %i, with the reason',
  (reply) => {
    const bytes = concat(greeting(), optionReply(NBD_OPT_STARTTLS, reply, text('no keys')));
    const { events, outgoing } = playThreeWays(bytes, make('require'));
    expect(events).toMatchObject([
      {
        type: 'refused',
        error: { code: 'NBD_TLS_UNAVAILABLE', operation: 'NBD_OPT_STARTTLS', reply, serverText: 'no keys' },
      },
    ]);
    expect(outgoing).toEqual(concat(u32(3), option(NBD_OPT_STARTTLS), option(NBD_OPT_ABORT)));
  },
);

test.each([
  ['not fixed newstyle', greeting(2), ''],
  ['oldstyle', oldstyleGreeting(512n, 1), ''],
])('require leaves a server that is %s without asking it for anything', (_, bytes) => {
  const { events, outgoing, finished } = playThreeWays(bytes, make('require'));
  expect(events).toMatchObject([{ type: 'refused', error: { code: 'NBD_TLS_UNAVAILABLE' } }]);
  expect(outgoing).toHaveLength(0);
  expect(finished).toBe(true);
});

test.each([NBD_REP_ERR_UNSUP, NBD_REP_ERR_POLICY, UNKNOWN_ERROR])(
  'allow goes on in plain text on reply %i',
  (reply) => {
    const bytes = concat(greeting(), optionReply(NBD_OPT_STARTTLS, reply));
    const { events, outgoing } = playThreeWays(bytes, make('allow'));
    expect(events).toEqual([]);
    expect(outgoing).toEqual(concat(u32(3), option(NBD_OPT_STARTTLS), option(NBD_OPT_STRUCTURED_REPLY)));
  },
);

test('allow does not go on where the server shuts down', () => {
  const bytes = concat(greeting(), optionReply(NBD_OPT_STARTTLS, NBD_REP_ERR_SHUTDOWN));
  const { events, outgoing } = playThreeWays(bytes, make('allow'));
  expect(events).toMatchObject([{ type: 'refused', error: { code: 'NBD_SHUTDOWN' } }]);
  expect(outgoing).toEqual(concat(u32(3), option(NBD_OPT_STARTTLS), option(NBD_OPT_ABORT)));
});

test('allow does without on a server that is not fixed newstyle', () => {
  const { clientEvents } = shakeHands(
    { goal: 'go', tls: 'allow' },
    { directory: directoryOf(DISK), handshakeFlags: 0 },
  );
  expect(eventOf(clientEvents, 'ready')).toMatchObject({ tls: false, fixedNewstyle: false });
});

test('disable says why when the server wants TLS', () => {
  const { clientEvents } = shakeHands({ goal: 'go' }, { directory: directoryOf(DISK), tls: 'require' });
  expect(clientEvents).toMatchObject([
    { type: 'refused', error: { code: 'NBD_TLS_REQUIRED', reply: NBD_REP_ERR_TLS_REQD } },
  ]);
});
