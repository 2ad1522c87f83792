import {
  ClientHandshake,
  type ClientHandshakeOptions,
  encodeOldstyleGreeting,
  exportInfoFromFlags,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { playThreeWays } from './support/decode-three-ways.js';
import { oldstyleGreeting } from './support/wire.js';

const SIZE = 1n << 33n;
const play = (bytes: Uint8Array, options: ClientHandshakeOptions) =>
  playThreeWays(bytes, () => new ClientHandshake(options));

test.each(['go', 'options'] as const)('goal %s: transmission starts at once, nothing is sent', (goal) => {
  const { events, outgoing } = play(oldstyleGreeting(SIZE, 0x85), { goal });
  expect(events).toEqual([
    {
      type: 'ready',
      // NBD_FLAG_SEND_DF (0x80) needs structured replies.
      export: exportInfoFromFlags({ name: '', size: SIZE, flags: 0x05 }),
      structuredReplies: false,
      extendedHeaders: false,
      metaContexts: [],
      fixedNewstyle: false,
      tls: false,
    },
  ]);
  expect(outgoing).toHaveLength(0);
});

test('goal info describes the export', () => {
  const { events, finished } = play(oldstyleGreeting(SIZE, 3), { goal: 'info' });
  expect(events).toMatchObject([{ type: 'info', export: { size: SIZE, readOnly: true } }]);
  expect(finished).toBe(true);
});

test('flags of the handshake, in the upper half, mean nothing', () => {
  const { events } = play(oldstyleGreeting(SIZE, 0xffff0001), { goal: 'go' });
  expect(events).toMatchObject([{ export: { flags: 1 } }]);
});

test.each<[string, ClientHandshakeOptions, string]>([
  ['a name', { goal: 'go', exportName: 'disk' }, 'NBD_EXPORT_UNKNOWN'],
  ['info on a name', { goal: 'info', exportName: 'disk' }, 'NBD_EXPORT_UNKNOWN'],
  ['a list', { goal: 'list' }, 'NBD_UNSUPPORTED'],
  ['TLS', { goal: 'go', tls: 'require' }, 'NBD_TLS_UNAVAILABLE'],
])('who wants %s is told that it cannot be', (_, options, code) => {
  const { events, finished } = play(oldstyleGreeting(SIZE, 1), options);
  expect(events).toMatchObject([{ type: 'refused', error: { code, reply: 0 } }]);
  expect(finished).toBe(true);
});

test('allowed TLS is done without', () => {
  const { events } = play(oldstyleGreeting(SIZE, 1), { goal: 'go', tls: 'allow' });
  expect(events).toMatchObject([{ type: 'ready', tls: false }]);
});

test('flags without NBD_FLAG_HAS_FLAGS are refused', () => {
  const { error } = play(oldstyleGreeting(SIZE, 2), { goal: 'go' });
  expect(error).toMatchObject({ code: 'NBD_BAD_EXPORT_INFO', operation: 'oldstyle greeting' });
});

test('a server of ours says it the same way', () => {
  const info = exportInfoFromFlags({ name: '', size: SIZE, flags: 0x0101 });
  expect(encodeOldstyleGreeting(info)).toEqual(oldstyleGreeting(SIZE, 0x0101));
});

test('half a greeting is none', () => {
  const client = new ClientHandshake({ goal: 'go' });
  client.receive(oldstyleGreeting(SIZE, 1).subarray(0, 151));
  client.nextEvent();
  expect(() => client.receiveEof()).toThrow('in state oldstyle, after 151 unread bytes');
});
